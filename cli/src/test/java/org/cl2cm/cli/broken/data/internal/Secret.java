package org.cl2cm.cli.broken.data.internal;

/// What only its own module may use.
public final class Secret {}
