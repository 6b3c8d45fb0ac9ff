/// Images to feature vectors: resizing and normalising as the encoders' training did it, ONNX encoders,
/// and the resumable job that encodes many images.
@NullMarked
package org.cl2cm.model.vision;

import org.jspecify.annotations.NullMarked;
