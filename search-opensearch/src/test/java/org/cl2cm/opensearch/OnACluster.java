package org.cl2cm.opensearch;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/// Runs the tests of a class on a [TestCluster], which is started once for all such classes and emptied
/// after each class. Without the artifacts and the network the class is skipped.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnACluster.Nodes.class)
public @interface OnACluster {
    /// Starts the cluster and hands it to tests.
    final class Nodes implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
        private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(OnACluster.class);

        /// The cluster, or why there is none; closed at the end of all tests.
        private record Started(Optional<TestCluster> cluster, String why) implements AutoCloseable {
            @Override
            public void close() throws IOException {
                if (cluster.isPresent()) {
                    cluster.get().close();
                }
            }
        }

        private static TestCluster cluster(ExtensionContext context) {
            Started started =
                    context.getRoot().getStore(SPACE).computeIfAbsent(Started.class, _ -> start(), Started.class);
            return started.cluster.orElseThrow(() -> new TestAbortedException(started.why));
        }

        private static Started start() {
            try {
                return new Started(Optional.of(TestCluster.start()), "");
            } catch (TestAbortedException e) {
                return new Started(Optional.empty(), String.valueOf(e.getMessage()));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void beforeAll(ExtensionContext context) {
            var _ = cluster(context);
        }

        @Override
        public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
            cluster(context).clear();
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TestCluster.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return cluster(context);
        }
    }
}
