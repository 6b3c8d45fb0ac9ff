package org.cl2cm.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.cl2cm.data.Moment;

/// Moments of videos in a collection: each is an item, and says by three fields what it is a moment of.
public final class Moments {
    /// Types of the fields, for filters.
    public static final Map<String, FieldType> FIELDS = Map.of(
            VectorItem.VIDEO, FieldType.KEYWORD, VectorItem.START, FieldType.NUMBER, VectorItem.END, FieldType.NUMBER);

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,3})?");

    private Moments() {}

    /// The moment that an item with these fields is; empty for any other item.
    public static Optional<Moment> of(Map<String, String> fields) {
        String video = fields.getOrDefault(VectorItem.VIDEO, "");
        String start = fields.getOrDefault(VectorItem.START, "");
        String end = fields.getOrDefault(VectorItem.END, "");
        if (video.isEmpty()
                || !SECONDS.matcher(start).matches()
                || !SECONDS.matcher(end).matches()
                || Double.parseDouble(end) <= Double.parseDouble(start)) {
            return Optional.empty();
        }
        return Optional.of(new Moment(video, Double.parseDouble(start), Double.parseDouble(end)));
    }

    /// The fields that say it.
    public static Map<String, String> fields(Moment moment) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(VectorItem.VIDEO, moment.video());
        fields.put(VectorItem.START, Moment.text(moment.start()));
        fields.put(VectorItem.END, Moment.text(moment.end()));
        return fields;
    }

    /// Searches with at most so many moments of one video among the hits, the best ones.
    ///
    /// @param most moments of a video; 0 for any number
    /// @return as many hits as were asked for, where the collection has them
    public static List<Hit> search(VectorEngine engine, VectorQuery query, int most) throws IOException {
        int top = query.top();
        while (true) {
            List<Hit> found = engine.search(query.withTop(top));
            List<Hit> kept = most == 0 ? found : kept(found, most);
            if (kept.size() >= query.top() || found.size() < top || top == VectorQuery.MOST) {
                return kept.size() > query.top() ? List.copyOf(kept.subList(0, query.top())) : kept;
            }
            top = Math.min(VectorQuery.MOST, 4 * top);
        }
    }

    private static List<Hit> kept(List<Hit> hits, int most) {
        Map<String, Integer> seen = new HashMap<>();
        List<Hit> kept = new ArrayList<>(hits.size());
        for (Hit hit : hits) {
            Optional<Moment> moment = of(hit.fields());
            if (moment.isEmpty() || seen.merge(moment.get().video(), 1, Integer::sum) <= most) {
                kept.add(hit);
            }
        }
        return kept;
    }
}
