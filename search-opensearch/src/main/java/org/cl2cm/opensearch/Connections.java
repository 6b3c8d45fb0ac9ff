package org.cl2cm.opensearch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.util.Timeout;
import org.cl2cm.data.DataException;
import org.jspecify.annotations.Nullable;
import org.opensearch.client.RestClient;
import org.opensearch.client.RestClientBuilder;

/// The open connections to clusters: who asks for the same cluster shares them, and the last one who
/// leaves closes them. Safe for use by many threads.
final class Connections {
    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final int MOST_OF_A_HOST = 32;
    private static final int MOST = 128;

    private final Map<ClusterOptions.Access, Shared> open = new HashMap<>();
    private final Function<String, @Nullable String> environment;

    /// @param environment the value of an environment variable; null when it is not set
    Connections(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /// Connections to one cluster.
    final class Shared implements AutoCloseable {
        private final ClusterOptions.Access access;
        private final RestClient client;
        /// Whether the cluster ever answered: a host that never did is rather misspelt than busy.
        private final AtomicBoolean answered = new AtomicBoolean();

        /// Whether the index of locks is known to be there.
        private final AtomicBoolean locks = new AtomicBoolean();

        private int users = 1;

        private Shared(ClusterOptions.Access access, RestClient client) {
            this.access = access;
            this.client = client;
        }

        ClusterOptions.Access access() {
            return access;
        }

        RestClient client() {
            return client;
        }

        boolean hasAnswered() {
            return answered.get();
        }

        void answered() {
            answered.set(true);
        }

        boolean hasLocks() {
            return locks.get();
        }

        void locksAreThere() {
            locks.set(true);
        }

        /// Another user of the same connections, who closes them too.
        Shared again() {
            synchronized (open) {
                users++;
                return this;
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (open) {
                if (--users > 0) {
                    return;
                }
                open.remove(access, this);
            }
            client.close();
        }
    }

    /// Opens connections, or shares those there are. Nothing is sent yet.
    ///
    /// @throws DataException when the password or the certificate is missing or unusable
    Shared to(ClusterOptions.Access access) throws IOException {
        synchronized (open) {
            Shared there = open.get(access);
            if (there != null) {
                return there.again();
            }
            Shared opened = new Shared(access, client(access));
            open.put(access, opened);
            return opened;
        }
    }

    private RestClient client(ClusterOptions.Access access) throws IOException {
        HttpHost[] hosts = access.hosts().stream().map(Connections::host).toArray(HttpHost[]::new);
        RestClientBuilder builder = RestClient.builder(hosts);
        if (access.user().isPresent()) {
            builder.setDefaultHeaders(new Header[] {authorization(access)});
        }
        SSLContext trusted = trusted(access);
        builder.setRequestConfigCallback(config -> config.setResponseTimeout(Timeout.ofSeconds(access.timeout())));
        builder.setHttpClientConfigCallback(client -> connected(client, trusted));
        return builder.build();
    }

    private static HttpHost host(URI host) {
        return new HttpHost(host.getScheme(), host.getHost(), host.getPort());
    }

    private static HttpAsyncClientBuilder connected(HttpAsyncClientBuilder client, SSLContext trusted) {
        return client.setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
                .setTlsStrategy(
                        ClientTlsStrategyBuilder.create().setSslContext(trusted).buildAsync())
                .setDefaultTlsConfig(TlsConfig.custom()
                        .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_1)
                        .setHandshakeTimeout(CONNECT)
                        .build())
                .setDefaultConnectionConfig(
                        ConnectionConfig.custom().setConnectTimeout(CONNECT).build())
                .setMaxConnPerRoute(MOST_OF_A_HOST)
                .setMaxConnTotal(MOST)
                .build());
    }

    private Header authorization(ClusterOptions.Access access) throws DataException {
        String variable = access.passwordEnv().orElseThrow();
        String password = environment.apply(variable);
        if (password == null || password.isEmpty()) {
            throw new DataException(
                    "the environment variable " + variable + ", which is to hold the password of user \""
                            + access.user().orElseThrow() + "\" of " + access.named() + ", is not set");
        }
        String both = access.user().orElseThrow() + ":" + password;
        return new BasicHeader(
                HttpHeaders.AUTHORIZATION,
                "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)),
                true);
    }

    private static SSLContext trusted(ClusterOptions.Access access) throws IOException {
        try {
            if (access.ca().isEmpty()) {
                return SSLContext.getDefault();
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate : certificates(access.ca().get())) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new DataException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw DataException.in(file, "holds no certificate");
            }
            return certificates;
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file; it is to hold the certificate of the authority", e);
        } catch (CertificateException e) {
            throw DataException.in(file, "is no certificate in PEM: " + e.getMessage(), e);
        }
    }
}
