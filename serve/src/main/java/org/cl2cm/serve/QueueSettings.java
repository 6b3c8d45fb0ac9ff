package org.cl2cm.serve;

import java.time.Duration;

/// How queries that come at the same time share a model.
///
/// @param length how many texts may wait for the model, and how many pictures
/// @param longest how long one may wait, as far as can be told from how long those before took;
///     what would wait longer is turned away
/// @param batch most texts that are encoded together
/// @param gather how long the first text of a batch waits for others
public record QueueSettings(int length, Duration longest, int batch, Duration gather) {
    public static final QueueSettings DEFAULT = new QueueSettings(256, Duration.ofSeconds(2), 32, Duration.ofMillis(2));

    public QueueSettings {
        ServeSettings.check("queue length", length, 1, 1_000_000);
        ServeSettings.check("queue wait in milliseconds", longest.toMillis(), 1, Integer.MAX_VALUE);
        ServeSettings.check("batch size", batch, 1, 10_000);
        ServeSettings.check("batch wait in milliseconds", gather.toMillis(), 0, 60_000);
    }
}
