package org.cl2cm.search;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/// The time that a date names: a year, a month and a day are spans, not instants. Without an offset
/// the time is UTC.
///
/// @param first its first millisecond since 1970
/// @param last its last one
public record DateSpan(long first, long last) {
    /// @param text `2024`, `2024-05`, `2024-05-17`, `2024-05-17T10:30`, with seconds, with an offset
    ///     or `Z`
    /// @throws IllegalArgumentException when it is none of these
    public static DateSpan parse(String text) {
        try {
            if (text.matches("[+-]?\\d{4,}")) {
                Year year = Year.parse(text);
                return days(year.atDay(1), year.plusYears(1).atDay(1));
            }
            if (text.matches("[+-]?\\d{4,}-\\d\\d")) {
                YearMonth month = YearMonth.parse(text);
                return days(month.atDay(1), month.plusMonths(1).atDay(1));
            }
            if (!text.contains("T")) {
                LocalDate day = LocalDate.parse(text);
                return days(day, day.plusDays(1));
            }
            boolean offset = text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)$");
            Instant instant = offset
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            boolean minutes = text.matches("[^T]*T\\d\\d:\\d\\d(Z|[+-]\\d\\d:?\\d\\d)?");
            long length = minutes ? 60_000 : text.contains(".") ? 1 : 1_000;
            long first = instant.truncatedTo(ChronoUnit.MILLIS).toEpochMilli();
            return new DateSpan(first, first + length - 1);
        } catch (DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no date; write 2024, 2024-05, 2024-05-17 or 2024-05-17T10:30", e);
        }
    }

    private static DateSpan days(LocalDate from, LocalDate to) {
        return new DateSpan(
                from.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
                to.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli() - 1);
    }
}
