package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.cl2cm.search.ItemStatus;
import org.cl2cm.search.ItemStatus.Outcome;
import org.cl2cm.search.VectorItem;

/// `GET` and `DELETE /v1/collections/{collection}/items/{id}`, `POST
/// /v1/collections/{collection}/items`.
final class ItemRoutes {
    static final int MOST_ITEMS = 1000;

    private final ServedCollections collections;
    private final ServedModels models;

    ItemRoutes(ServedCollections collections, ServedModels models) {
        this.collections = collections;
        this.models = models;
    }

    /// Where an item is on this server.
    static String address(String collection, String id) {
        return "/v1/collections/" + Paths.encoded(collection) + "/items/" + Paths.encoded(id);
    }

    /// The fields of an item that are for clients.
    static Map<String, String> shown(Map<String, String> fields) {
        Map<String, String> shown = new LinkedHashMap<>(fields);
        shown.remove(VectorItem.DIGEST);
        return shown;
    }

    /// @throws Problem 404 when there is none
    static VectorItem item(ServedCollection collection, String id) throws IOException {
        return collection.read(engine -> engine.get(id)).orElseThrow(ItemRoutes::missing);
    }

    private static Problem missing() {
        return Problem.of(Problem.Kind.NOT_FOUND, "the collection has no item of this id");
    }

    Answer get(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> get(exchange, collection));
    }

    private static Answer get(Exchange exchange, ServedCollection collection) throws IOException {
        VectorItem item = item(collection, exchange.variable("id"));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", item.id());
        answer.put("fields", shown(item.fields()));
        if (item.fields().containsKey(VectorItem.MEDIA)) {
            answer.put("media", address(collection.info().name(), item.id()) + "/media");
        }
        answer.put("vector", item.vector());
        return Answer.json(answer);
    }

    Answer delete(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> delete(exchange, collection));
    }

    private static Answer delete(Exchange exchange, ServedCollection collection) throws IOException {
        String id = exchange.variable("id");
        item(collection, id);
        List<ItemStatus> statuses = collection.write(engine -> engine.delete(List.of(id)), exchange.deadline());
        if (statuses.getFirst().outcome() == Outcome.MISSING) {
            throw missing();
        }
        return Answer.json(Map.of("id", id, "status", "deleted"));
    }

    /// Stores what can be stored. The answer goes out when it is on the disk.
    Answer upsert(Exchange exchange) throws IOException {
        return collections.use(exchange.variable("collection"), collection -> upsert(exchange, collection));
    }

    private Answer upsert(Exchange exchange, ServedCollection collection) throws IOException {
        Fields body = Fields.of(Json.read(exchange.jsonBody()), "", Set.of("items"));
        var entries = body.list("items", 1, MOST_ITEMS)
                .orElseThrow(() -> Problem.at("", "needs the field \"items\", a list"));
        List<NewItem> read = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            read.add(NewItem.of(entries.get(i), "/items/" + i, collection));
        }
        List<NewItem> items = new PictureItems(models, collection.info(), exchange.deadline()).encoded(read);
        List<VectorItem> usable =
                items.stream().map(NewItem::stored).flatMap(Optional::stream).toList();
        List<ItemStatus> stored =
                usable.isEmpty() ? List.of() : collection.write(engine -> engine.upsert(usable), exchange.deadline());
        return report(items, stored);
    }

    private static Answer report(List<NewItem> items, List<ItemStatus> stored) {
        List<Map<String, Object>> all = new ArrayList<>();
        int next = 0;
        int refused = 0;
        for (NewItem item : items) {
            ItemStatus status = item.refusal().isPresent()
                    ? new ItemStatus(
                            item.id(), Outcome.REFUSED, item.refusal().get().detail())
                    : stored.get(next++);
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", status.id());
            one.put("status", status.outcome().name().toLowerCase(Locale.ROOT));
            if (status.isRefused()) {
                refused++;
                one.put("reason", status.reason());
                item.refusal().flatMap(Problem::pointer).ifPresent(pointer -> one.put("pointer", pointer));
            }
            all.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("stored", items.size() - refused);
        answer.put("refused", refused);
        answer.put("items", all);
        return Answer.json(refused == 0 ? 200 : 207, answer);
    }
}
