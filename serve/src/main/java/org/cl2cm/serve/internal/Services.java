package org.cl2cm.serve.internal;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.cl2cm.data.FeatureStore;
import org.cl2cm.model.ModelDescription;
import org.cl2cm.search.CollectionInfo;
import org.cl2cm.search.Collections;
import org.cl2cm.serve.AllowedModel;
import org.cl2cm.serve.ServeSettings;
import org.cl2cm.serve.internal.Router.Guard;

/// All parts of a server behind the one that listens. Safe for use by many threads.
public final class Services implements AutoCloseable {
    /// Media type of an answer that says what is wrong.
    public static final String PROBLEM = Problem.MEDIA_TYPE;

    private static final String COLLECTION = "/v1/collections/{collection}";
    private static final String ITEM = COLLECTION + "/items/{id}";
    private static final String ALIAS = "/v1/aliases/{alias}";

    /// Requests under way for each place in a queue, and some that need no queue.
    private static final int REQUESTS_BESIDE = 64;

    private final ServeSettings settings;
    private final Metrics metrics = new Metrics();
    private final UnderWay underWay;
    private final ServedCollections collections;
    private final ServedModels models;
    private final SwapJobs swaps;
    private final Front front;

    private Services(Collections folder, ServeSettings settings, boolean localOnly) throws IOException {
        this.settings = settings;
        Access access =
                settings.tokens().isPresent() ? Access.read(settings.tokens().get()) : Access.everybody();
        this.underWay = new UnderWay(2 * settings.queue().length() + REQUESTS_BESIDE);
        this.models = new ServedModels(settings, metrics);
        this.collections = new ServedCollections(folder, models);
        this.swaps = new SwapJobs(folder, collections, models, settings, metrics);
        metrics.watch("cl2cm.requests.under.way", "requests that are being answered", Tags.empty(), underWay::count);
        this.front = new Front(settings, router(), access, underWay, metrics, localOnly);
    }

    /// Opens the models of all collections. One that cannot be opened is told in the log, and its
    /// queries are refused.
    ///
    /// @param localOnly whether requests must name this machine
    /// @throws org.cl2cm.data.DataException when one of the models that clients may choose is none
    public static Services open(Collections folder, ServeSettings settings, boolean localOnly) throws IOException {
        for (AllowedModel model : settings.models().values()) {
            check(model);
        }
        Services services = new Services(folder, settings, localOnly);
        for (CollectionInfo info : services.collections.each(ServedCollection::info)) {
            services.models.warm(info);
        }
        return services;
    }

    private static void check(AllowedModel model) throws IOException {
        ModelDescription description = ModelDescription.read(model.folder());
        if (model.features().isPresent()) {
            description.checkFeatures(model.features().get());
            FeatureStore.open(model.features().get()).close();
        }
    }

    private Router router() {
        CollectionRoutes some = new CollectionRoutes(collections);
        ItemRoutes items = new ItemRoutes(collections, models);
        MediaRoutes media = new MediaRoutes(collections);
        AliasRoutes aliases = new AliasRoutes(collections, swaps);
        OperationRoutes operation = new OperationRoutes(metrics, underWay);
        return new Router()
                .add("GET", "/v1/collections", Guard.READ, some::list)
                .add("GET", COLLECTION, Guard.READ, some::info)
                .add("POST", COLLECTION + "/search", Guard.READ, new SearchRoute(collections, models, metrics)::search)
                .add("POST", COLLECTION + "/items", Guard.WRITE, items::upsert)
                .add("GET", ITEM, Guard.READ, items::get)
                .add("DELETE", ITEM, Guard.WRITE, items::delete)
                .add("GET", ITEM + "/media", Guard.READ, media::media)
                .add("GET", ITEM + "/thumbnail", Guard.READ, media::thumbnail)
                .add("GET", ALIAS, Guard.READ, aliases::get)
                .add("POST", ALIAS + ":swap", Guard.WRITE, aliases::swap)
                .add("POST", "/v1/embeddings", Guard.READ, new EmbeddingRoute(collections, models)::embed)
                .add("GET", "/metrics", Guard.READ, operation::metrics)
                .add("GET", "/health/live", Guard.NONE, operation::live)
                .add("GET", "/health/ready", Guard.NONE, operation::ready)
                .add("GET", "/openapi.json", Guard.NONE, operation::openApi)
                .add("GET", "/", Guard.NONE, operation::index)
                .add("GET", "/{file}", Guard.NONE, operation::page);
    }

    public void handle(ServerRequest request, ServerResponse response) {
        front.handle(request, response);
    }

    /// The body of an answer to what cannot be read as HTTP.
    public static byte[] unreadable(int status, String title) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", "this is no HTTP request that the server can read");
        return Json.bytes(body);
    }

    /// Takes no more requests and waits for those under way, up to the limit of the settings. A swap
    /// stops at its next item.
    public void drain() {
        swaps.end();
        int left = underWay.close(settings.shutdownLimit());
        if (left > 0) {
            ServerLog.warn(left + " requests were still under way when the time to end was over");
        }
    }

    /// Commits what was written and closes everything.
    @Override
    public void close() throws IOException {
        swaps.end();
        swaps.await();
        try {
            models.close();
        } finally {
            try {
                collections.close();
            } finally {
                metrics.close();
            }
        }
    }
}
