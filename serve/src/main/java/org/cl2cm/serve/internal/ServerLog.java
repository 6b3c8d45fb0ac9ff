package org.cl2cm.serve.internal;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/// What whoever runs the server should know.
final class ServerLog {
    private static final Logger LOG = System.getLogger("org.cl2cm.serve");

    private ServerLog() {}

    static void info(String message) {
        LOG.log(Level.INFO, message);
    }

    static void warn(String message) {
        LOG.log(Level.WARNING, message);
    }

    static void failed(String what, Throwable failure) {
        LOG.log(Level.ERROR, what, failure);
    }
}
