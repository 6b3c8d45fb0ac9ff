package org.cl2cm.cli.broken.search;

import org.bytedeco.pytorch.Tensor;

/// Lets a tensor out of its modules.
public record TensorInSearch(Tensor tensor) {}
