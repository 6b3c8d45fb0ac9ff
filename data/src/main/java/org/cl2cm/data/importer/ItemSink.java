package org.cl2cm.data.importer;

import java.io.IOException;
import org.cl2cm.data.Item;

/// Takes the items an importer finds, one by one.
public interface ItemSink {
    /// @throws IOException when the item cannot be kept, e.g. its id was there before
    void accept(Item item) throws IOException;

    /// Hears of one entry that cannot become an item; the import goes on.
    ///
    /// @param where file and entry
    void skip(String where, String reason);
}
