package org.cl2cm.opensearch;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.data.DataException;

/// What `collection.json` says of a cluster.
///
/// @param access how it is reached
/// @param shards of an index that is made
/// @param replicas copies of each shard besides the first, of an index that is made
/// @param int8 whether the graph of an index that is made walks over vectors of one byte a number
/// @param lease seconds after which a lock counts as left behind
record ClusterOptions(Access access, int shards, int replicas, boolean int8, int lease) {
    static final String HOSTS = "hosts";
    static final String SHARDS = "shards";
    static final String REPLICAS = "replicas";
    static final String INT8 = "int8";
    static final String USER = "user";
    static final String PASSWORD_ENV = "passwordEnv";
    static final String CA = "ca";
    static final String TIMEOUT = "timeout";
    static final String LEASE = "lease";

    private static final List<String> KNOWN =
            List.of(HOSTS, SHARDS, REPLICAS, INT8, USER, PASSWORD_ENV, CA, TIMEOUT, LEASE);
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final int PORT = 9200;

    /// How a cluster is reached. Equal ones share their connections.
    ///
    /// @param hosts each with scheme and port, e.g. `https://a:9200`
    /// @param passwordEnv the environment variable that holds the user's password
    /// @param ca certificates (PEM) of the authority that is trusted instead of the usual ones
    /// @param timeout seconds that one request may take
    record Access(
            List<URI> hosts, Optional<String> user, Optional<String> passwordEnv, Optional<Path> ca, int timeout) {
        /// For messages.
        String named() {
            return String.join(", ", hosts.stream().map(URI::toString).toList());
        }
    }

    /// @throws DataException when an option is unknown, missing or unusable
    static ClusterOptions of(Map<String, String> options) throws DataException {
        for (String key : options.keySet()) {
            if (!KNOWN.contains(key)) {
                throw new DataException(
                        "the engine opensearch has no option \"" + key + "\"; it knows " + String.join(", ", KNOWN));
            }
        }
        Access access = new Access(
                hosts(options.getOrDefault(HOSTS, "")),
                Optional.ofNullable(options.get(USER)),
                Optional.ofNullable(options.get(PASSWORD_ENV)),
                Optional.ofNullable(options.get(CA)).map(Path::of),
                number(options, TIMEOUT, 60, 1, 3600));
        if (access.user.isPresent() != access.passwordEnv.isPresent()) {
            throw new DataException(
                    "a user needs a password: name the user, and the environment variable that holds the password");
        }
        if (access.user.isPresent()) {
            for (URI host : access.hosts) {
                checkProtected(host);
            }
        }
        String int8 = options.getOrDefault(INT8, "true");
        if (!int8.equals("true") && !int8.equals("false")) {
            throw new DataException("option \"" + INT8 + "\" is \"" + int8 + "\"; it is true or false");
        }
        return new ClusterOptions(
                access,
                number(options, SHARDS, 1, 1, 1024),
                number(options, REPLICAS, 1, 0, 20),
                int8.equals("true"),
                number(options, LEASE, 30, 1, 3600));
    }

    private static List<URI> hosts(String text) throws DataException {
        List<URI> hosts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                hosts.add(host(part.strip()));
            }
        }
        if (hosts.isEmpty()) {
            throw new DataException("the engine opensearch needs hosts, e.g. https://a:9200,https://b:9200");
        }
        return List.copyOf(hosts);
    }

    private static URI host(String text) throws DataException {
        try {
            URI host = new URI(text.contains("://") ? text : "https://" + text);
            if (host.getHost() == null
                    || !SCHEMES.contains(host.getScheme())
                    || host.getUserInfo() != null
                    || !(host.getPath().isEmpty() || host.getPath().equals("/"))) {
                throw new DataException(
                        "\"" + text + "\" is no host of a cluster; write https://name:port or http://name:port");
            }
            return new URI(
                    host.getScheme(),
                    null,
                    host.getHost(),
                    host.getPort() < 0 ? PORT : host.getPort(),
                    null,
                    null,
                    null);
        } catch (URISyntaxException e) {
            throw new DataException("\"" + text + "\" is no host of a cluster: " + e.getMessage(), e);
        }
    }

    /// A password in the clear is for everybody on the way.
    private static void checkProtected(URI host) throws DataException {
        if (host.getScheme().equals("http") && !isThisMachine(host.getHost())) {
            throw new DataException(host + ": a password is sent by https only; write https://" + host.getHost());
        }
    }

    private static boolean isThisMachine(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static int number(Map<String, String> options, String key, int otherwise, int least, int most)
            throws DataException {
        String text = options.getOrDefault(key, String.valueOf(otherwise));
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new DataException(
                "option \"" + key + "\" is \"" + text + "\"; it is a whole number, " + least + " to " + most);
    }
}
