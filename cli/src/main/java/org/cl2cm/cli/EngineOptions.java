package org.cl2cm.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.cl2cm.data.DataException;
import org.cl2cm.search.CollectionInfo;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which engine holds a collection that is made, and how it is reached; the same options for every
/// verb that makes one.
final class EngineOptions {
    @Option(
            names = "--engine",
            paramLabel = "NAME",
            defaultValue = CollectionInfo.LUCENE,
            description = "lucene, in files of this machine, or opensearch, on a cluster (default: ${DEFAULT-VALUE})")
    private String engine = CollectionInfo.LUCENE;

    @Option(names = "--shards", paramLabel = "N", description = "parts of the index on the cluster (default: 1)")
    private Optional<Integer> shards = Optional.empty();

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "copies of each shard besides the first: as many nodes may fail (default: 1)")
    private Optional<Integer> replicas = Optional.empty();

    @Option(
            names = "--no-int8",
            description = "the graph on the cluster walks over vectors in full precision: four times the memory")
    private boolean noInt8;

    @Mixin
    private HostOptions hosts = new HostOptions();

    /// How a cluster is reached.
    static final class HostOptions {
        @Option(
                names = "--hosts",
                paramLabel = "URL,...",
                description =
                        "nodes of the cluster, e.g. https://a:9200,https://b:9200; those that fail are passed over")
        private Optional<String> hosts = Optional.empty();

        @Option(names = "--user", paramLabel = "USER", description = "user of the cluster")
        private Optional<String> user = Optional.empty();

        @Option(
                names = "--password-env",
                paramLabel = "VARIABLE",
                description = "the environment variable that holds the user's password, now and whenever the"
                        + " collection is used; the password itself is never written down")
        private Optional<String> passwordEnv = Optional.empty();

        @Option(
                names = "--ca",
                paramLabel = "FILE",
                description = "certificate (PEM) of the authority that signs the cluster's certificates")
        private Optional<Path> ca = Optional.empty();

        private boolean isGiven() {
            return hosts.isPresent() || user.isPresent() || passwordEnv.isPresent() || ca.isPresent();
        }

        /// As `collection.json` holds them.
        Map<String, String> options() {
            Map<String, String> options = new LinkedHashMap<>();
            hosts.ifPresent(value -> options.put("hosts", value));
            user.ifPresent(value -> options.put("user", value));
            passwordEnv.ifPresent(value -> options.put("passwordEnv", value));
            ca.ifPresent(value ->
                    options.put("ca", value.toAbsolutePath().normalize().toString()));
            return options;
        }
    }

    String engine() {
        return engine;
    }

    boolean isGiven() {
        return !engine.equals(CollectionInfo.LUCENE)
                || shards.isPresent()
                || replicas.isPresent()
                || noInt8
                || hosts.isGiven();
    }

    /// As `collection.json` holds them.
    ///
    /// @throws DataException when options of a cluster are given for the engine of this process
    Map<String, String> options() throws DataException {
        Map<String, String> options = new LinkedHashMap<>(hosts.options());
        shards.ifPresent(value -> options.put("shards", String.valueOf(value)));
        replicas.ifPresent(value -> options.put("replicas", String.valueOf(value)));
        if (noInt8) {
            options.put("int8", "false");
        }
        if (engine.equals(CollectionInfo.LUCENE) && !options.isEmpty()) {
            throw new DataException(
                    "--hosts, --shards, --replicas, --no-int8, --user, --password-env and --ca are for a"
                            + " cluster; give --engine opensearch with them");
        }
        return options;
    }
}
