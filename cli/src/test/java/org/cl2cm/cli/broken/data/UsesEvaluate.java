package org.cl2cm.cli.broken.data;

import org.cl2cm.cli.broken.evaluate.UsesInternal;

/// With [UsesInternal] a cycle of two modules.
public record UsesEvaluate(UsesInternal other) {}
