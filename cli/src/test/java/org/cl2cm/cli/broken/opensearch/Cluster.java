package org.cl2cm.cli.broken.opensearch;

/// What nobody may name.
public final class Cluster {}
