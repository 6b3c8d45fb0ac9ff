package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.cl2cm.serve.internal.Access.Scope;

/// Which code answers which address.
final class Router {
    /// Answers a request.
    @FunctionalInterface
    interface Handler {
        /// @throws Problem when it cannot be answered
        Answer answer(Exchange exchange) throws IOException;
    }

    /// Who may call a route, and when.
    enum Guard {
        /// Everybody, at any time.
        NONE,
        READ,
        WRITE;

        Optional<Scope> scope() {
            return switch (this) {
                case NONE -> Optional.empty();
                case READ -> Optional.of(Scope.READ);
                case WRITE -> Optional.of(Scope.WRITE);
            };
        }
    }

    /// @param template with `{name}` for a segment of any text, `{name}:verb` for one that ends so
    record Route(String method, String template, Guard guard, Handler handler) {
        private Optional<Map<String, String>> match(List<String> path) {
            List<String> wanted = List.of(template.substring(1).split("/", -1));
            if (wanted.size() != path.size()) {
                return Optional.empty();
            }
            Map<String, String> variables = new LinkedHashMap<>();
            for (int i = 0; i < wanted.size(); i++) {
                String segment = wanted.get(i);
                int end = segment.indexOf('}');
                if (segment.startsWith("{")) {
                    String value = path.get(i);
                    String suffix = segment.substring(end + 1);
                    if (!value.endsWith(suffix)) {
                        return Optional.empty();
                    }
                    variables.put(segment.substring(1, end), value.substring(0, value.length() - suffix.length()));
                } else if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    /// A route with what stands in its variables.
    record Match(Route route, Map<String, String> variables) {}

    private final List<Route> routes = new ArrayList<>();

    Router add(String method, String template, Guard guard, Handler handler) {
        routes.add(new Route(method, template, guard, handler));
        return this;
    }

    /// @throws Problem 404 when no route has the path, 405 when those that have it take other methods
    Match find(String method, List<String> path) {
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(path);
            if (variables.isPresent()) {
                if (route.method.equals(method)) {
                    return new Match(route, variables.get());
                }
                allowed.add(route.method);
            }
        }
        if (allowed.isEmpty()) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "no such address; /openapi.json describes those there are");
        }
        throw Problem.of(Problem.Kind.METHOD_NOT_ALLOWED, "this address takes " + String.join(" and ", allowed))
                .with("Allow", String.join(", ", allowed));
    }
}
