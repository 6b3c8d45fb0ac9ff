import java.io.IOException;
import org.codelibs.opensearch.runner.OpenSearchRunner;

/// One node of OpenSearch in a process of its own. It lives as long as its parent: when standard input
/// ends, so does it. TestCluster compiles it with the node's class path.
public final class ClusterNode {
    private ClusterNode() {}

    /// @param arguments folder, name, port for HTTP, port among the nodes, addresses of all nodes by
    ///     commas
    public static void main(String[] arguments) throws IOException {
        String[] nodes = arguments[4].split(",");
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(-1);
        runner.onBuild((number, settings) -> {
                    settings.put("node.name", arguments[1]);
                    settings.put("network.host", "127.0.0.1");
                    settings.put("http.port", arguments[2]);
                    settings.put("transport.port", arguments[3]);
                    settings.putList("discovery.seed_hosts", nodes);
                    settings.putList("cluster.initial_cluster_manager_nodes", nodes);
                    settings.put("path.repo", arguments[5]);
                    settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
                })
                .build(
                        "-clusterName", "cl2cm-test",
                        "-numOfNode", "1",
                        "-basePath", arguments[0],
                        "-pluginTypes", "org.opensearch.knn.plugin.KNNPlugin",
                        "-useLogger", "-disableESLogger");
        System.out.println("started");
        System.out.flush();
        while (System.in.read() >= 0) {
            // Nothing is said.
        }
        Runtime.getRuntime().halt(0);
    }
}
