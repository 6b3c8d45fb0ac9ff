package org.cl2cm.opensearch;

import java.io.IOException;

/// The cluster refused a request.
final class ClusterException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String type;

    /// @param type what the cluster calls the failure, e.g. `index_not_found_exception`
    ClusterException(String message, int status, String type, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.type = type;
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }
}
