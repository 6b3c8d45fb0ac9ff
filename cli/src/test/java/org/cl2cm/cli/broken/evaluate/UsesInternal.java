package org.cl2cm.cli.broken.evaluate;

import org.cl2cm.cli.broken.data.internal.Secret;

/// Looks into another module.
public record UsesInternal(Secret secret) {}
