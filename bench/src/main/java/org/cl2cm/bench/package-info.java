/// What the system costs beside the engines it stands on: always two programs in one run, always a ratio.
///
/// The only module beside `model` and `train` that calls libtorch: the bare engine can be measured in no other way.
@NullMarked
package org.cl2cm.bench;

import org.jspecify.annotations.NullMarked;
