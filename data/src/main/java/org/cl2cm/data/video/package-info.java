/// Videos: what their header says, their frames, where their shots begin. The programs `ffmpeg` and
/// `ffprobe` read the files, as child processes over pipes; nothing goes through a temporary file or a
/// shell.
@NullMarked
package org.cl2cm.data.video;

import org.jspecify.annotations.NullMarked;
