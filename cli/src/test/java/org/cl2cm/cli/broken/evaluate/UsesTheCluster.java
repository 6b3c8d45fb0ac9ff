package org.cl2cm.cli.broken.evaluate;

import org.cl2cm.cli.broken.opensearch.Cluster;

/// Names an engine of another module.
public record UsesTheCluster(Cluster cluster) {}
