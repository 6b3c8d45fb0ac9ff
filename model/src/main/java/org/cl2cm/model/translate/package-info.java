/// Encoder-decoder translation models in ONNX: Marian, M2M100, NLLB and mBART-50, as Hugging Face's
/// exporter lays them out.
@NullMarked
package org.cl2cm.model.translate;

import org.jspecify.annotations.NullMarked;
