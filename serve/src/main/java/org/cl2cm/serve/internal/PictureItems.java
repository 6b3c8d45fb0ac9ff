package org.cl2cm.serve.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.cl2cm.model.vision.EncoderDescription;
import org.cl2cm.search.CollectionInfo;

/// Encodes the pictures of new items.
record PictureItems(ServedModels models, CollectionInfo info, Deadline deadline) {
    /// The items with vectors in the place of pictures; those whose picture cannot be used are refused.
    ///
    /// @throws Problem 429 when the queue has no room for them, 504 when the time is over
    List<NewItem> encoded(List<NewItem> items) throws IOException {
        List<byte[]> pictures =
                items.stream().map(NewItem::picture).flatMap(Optional::stream).toList();
        if (pictures.isEmpty()) {
            return items;
        }
        ServedModel model = models.of(info);
        checkEncoder(model);
        List<CompletableFuture<ServedModel.Encoded>> asked = new ArrayList<>();
        try {
            List<NewItem> encoded = new ArrayList<>(items.size());
            int begun = 0;
            for (NewItem item : items) {
                if (item.picture().isEmpty()) {
                    encoded.add(item);
                    continue;
                }
                if (begun == asked.size()) {
                    // No more at a time than there are places, or a long list would never find room.
                    int to = Math.min(pictures.size(), begun + model.places());
                    asked.addAll(model.pictures(pictures.subList(begun, to)));
                }
                encoded.add(encoded(item, asked.get(begun++)));
            }
            return encoded;
        } finally {
            asked.forEach(answer -> answer.cancel(false));
        }
    }

    private NewItem encoded(NewItem item, CompletableFuture<ServedModel.Encoded> answer) throws IOException {
        try {
            return item.withVector(ServedModel.picture(answer, item.pointer() + "/image", deadline)
                    .vector());
        } catch (Problem problem) {
            if (problem.kind() != Problem.Kind.UNUSABLE) {
                throw problem;
            }
            return item.refused(problem);
        }
    }

    /// Two image encoders below one model make vectors that cannot be compared.
    private void checkEncoder(ServedModel model) {
        Optional<String> own = model.description().encoder().map(EncoderDescription::fingerprint);
        if (own.isPresent()
                && info.encoder().filter(known -> !known.equals(own.get())).isPresent()) {
            throw Problem.of(
                    Problem.Kind.CONFLICT,
                    "the collection holds pictures of image encoder "
                            + info.encoder().orElseThrow() + ", the model has image encoder " + own.get());
        }
    }
}
