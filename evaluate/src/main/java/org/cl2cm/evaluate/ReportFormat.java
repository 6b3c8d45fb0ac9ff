package org.cl2cm.evaluate;

import java.util.List;
import org.cl2cm.evaluate.internal.CsvReport;
import org.cl2cm.evaluate.internal.JsonReport;
import org.cl2cm.evaluate.internal.TableReport;

/// How reports are written.
public enum ReportFormat {
    /// Aligned text for people.
    TABLE,
    /// One JSON document, every number unrounded.
    JSON,
    /// Comma-separated values with a header line, one line a run and direction.
    CSV;

    /// @param reports one for each run and language
    /// @return the whole text, ending in a new line
    public String print(List<RetrievalReport> reports) {
        return switch (this) {
            case TABLE -> TableReport.of(reports);
            case JSON -> JsonReport.of(reports);
            case CSV -> CsvReport.of(reports);
        };
    }

    /// @param a what A is called
    /// @param b what B is called
    public String print(String a, String b, PairedBootstrap comparison) {
        return switch (this) {
            case TABLE -> TableReport.of(a, b, comparison);
            case JSON -> JsonReport.of(a, b, comparison);
            case CSV -> CsvReport.of(a, b, comparison);
        };
    }
}
