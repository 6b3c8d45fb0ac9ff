package org.cl2cm.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.cl2cm.search.CollectionLockedException;

/// A lock that holds for all machines: a document that its holder renews while it lives. One that was
/// not renewed for the lease was left behind by a holder that died, and the next who comes takes it;
/// whoever finds that its lock went to another writes no more. The clocks of the machines must agree to
/// within a part of the lease. Safe for use by many threads.
final class ClusterLock implements Closeable {
    private static final int RENEWALS_A_LEASE = 5;

    private final ClusterClient client;
    private final String path;
    private final Duration lease;
    private final String token = UUID.randomUUID().toString();
    private final Instant since = Instant.now();
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("keeper of a lock").factory());
    private long sequence;
    private long term;
    private long renewed;
    private boolean lost;
    private boolean closed;

    private ClusterLock(ClusterClient client, String what, Duration lease) {
        this.client = client;
        this.path = "/" + ClusterNames.LOCKS + "/_doc/" + what;
        this.lease = lease;
    }

    /// @param client lives longer than the lock
    /// @param what is locked, a name of [ClusterNames]
    /// @param seconds of the lease
    /// @throws CollectionLockedException when someone else holds it, naming them
    static ClusterLock take(ClusterClient client, String what, int seconds) throws IOException {
        createIndex(client);
        ClusterLock lock = new ClusterLock(client, what, Duration.ofSeconds(seconds));
        try {
            lock.take();
        } catch (IOException | RuntimeException e) {
            lock.keeper.shutdown();
            throw e;
        }
        long period = lock.lease.toMillis() / RENEWALS_A_LEASE;
        var _ = lock.keeper.scheduleWithFixedDelay(lock::renew, period, period, TimeUnit.MILLISECONDS);
        return lock;
    }

    private static void createIndex(ClusterClient client) throws IOException {
        if (client.connections().hasLocks()) {
            return;
        }
        Map<String, Object> body = Map.of(
                "settings", Map.of("index", Map.of("number_of_shards", 1, "auto_expand_replicas", "0-2")),
                "mappings", Map.of("dynamic", false));
        try {
            client.json(new ClusterClient.Ask("PUT", "/" + ClusterNames.LOCKS, body), ClusterClient.WRITING);
        } catch (ClusterException e) {
            if (!e.type().equals("resource_already_exists_exception")) {
                throw e;
            }
        }
        client.connections().locksAreThere();
    }

    private synchronized void take() throws IOException {
        while (true) {
            try {
                put(Map.of("op_type", "create"), ClusterClient.WRITING);
                return;
            } catch (ClusterException e) {
                if (e.status() != 409) {
                    throw e;
                }
            }
            if (takeOver()) {
                return;
            }
        }
    }

    /// @return false when the lock has just been given free
    private boolean takeOver() throws IOException {
        JsonNode held;
        try {
            held = client.json(new ClusterClient.Ask("GET", path), ClusterClient.WRITING);
        } catch (ClusterException e) {
            if (e.status() == 404) {
                return false;
            }
            throw e;
        }
        JsonNode holder = held.path("_source");
        long age = System.currentTimeMillis() - holder.path("renewed").asLong();
        boolean mine = holder.path("token").asText("").equals(token);
        if (!mine && age < lease.toMillis()) {
            throw locked(holder, age);
        }
        sequence = held.path("_seq_no").asLong();
        term = held.path("_primary_term").asLong();
        try {
            put(ifUnchanged(), ClusterClient.WRITING);
            return true;
        } catch (ClusterException e) {
            if (e.status() == 409) {
                throw locked(holder, 0);
            }
            throw e;
        }
    }

    private CollectionLockedException locked(JsonNode holder, long age) {
        return new CollectionLockedException(
                "collection \"" + client.collection() + "\" is being written by someone else ("
                        + holder.path("holder").asText("?") + " since "
                        + holder.path("since").asText("?")
                        + ", last heard of " + Math.max(0, age) / 1000 + " s ago); wait until they are done: searching"
                        + " goes on meanwhile. If they died, the lock is free " + lease.toSeconds()
                        + " s after they were last heard of",
                null);
    }

    private Map<String, String> ifUnchanged() {
        return Map.of("if_seq_no", String.valueOf(sequence), "if_primary_term", String.valueOf(term));
    }

    private void put(Map<String, String> parameters, Duration patience) throws IOException {
        long now = System.currentTimeMillis();
        JsonNode answer = client.json(
                new ClusterClient.Ask(
                        "PUT",
                        path,
                        parameters,
                        Map.of("token", token, "holder", holder(), "since", since.toString(), "renewed", now)),
                patience);
        sequence = answer.path("_seq_no").asLong();
        term = answer.path("_primary_term").asLong();
        renewed = now;
    }

    private static String holder() {
        String process = "process " + ProcessHandle.current().pid();
        try {
            return process + " on " + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return process;
        }
    }

    private synchronized void renew() {
        if (closed || lost) {
            return;
        }
        try {
            put(ifUnchanged(), lease.dividedBy(2));
        } catch (ClusterException e) {
            lost = e.status() != 409 || !isStillMine();
        } catch (IOException | RuntimeException e) {
            // The cluster may come back in time.
            lost = System.currentTimeMillis() - renewed > lease.toMillis();
        }
    }

    /// Whether a renewal was written although its answer did not arrive.
    private boolean isStillMine() {
        try {
            JsonNode held = client.json(new ClusterClient.Ask("GET", path), lease.dividedBy(2));
            sequence = held.path("_seq_no").asLong();
            term = held.path("_primary_term").asLong();
            renewed = held.path("_source").path("renewed").asLong();
            return held.path("_source").path("token").asText("").equals(token);
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /// @throws IOException when someone else may have the lock by now
    synchronized void check() throws IOException {
        if (lost || System.currentTimeMillis() - renewed > lease.toMillis()) {
            throw new CollectionLockedException(
                    "collection \"" + client.collection() + "\": the lock was lost, since the cluster at "
                            + client.hosts() + " could not be reached for " + lease.toSeconds()
                            + " s; open the collection again",
                    null);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        keeper.shutdown();
        if (!lost) {
            try {
                client.json(new ClusterClient.Ask("DELETE", path, ifUnchanged(), null), lease);
            } catch (IOException | RuntimeException e) {
                // It ends by itself after the lease.
                lost = true;
            }
        }
    }
}
