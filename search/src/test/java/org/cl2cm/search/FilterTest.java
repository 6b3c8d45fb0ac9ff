package org.cl2cm.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final Map<String, FieldType> FIELDS = Map.of(
            "lang", FieldType.KEYWORD,
            "year", FieldType.NUMBER,
            "taken", FieldType.DATE,
            "title", FieldType.TEXT,
            "not", FieldType.KEYWORD,
            "Größe", FieldType.NUMBER);

    private static Filter parse(String text) {
        return Filter.parse(text, FIELDS);
    }

    @Test
    void andBindsTighterThanOr() {
        Filter de = new Filter.Keyword("lang", Set.of("de"));
        Filter young = new Filter.NumberRange("year", 2020, Double.POSITIVE_INFINITY);
        Filter titled = new Filter.Exists("title");
        assertThat(parse("lang=de AND year>=2020 OR title EXISTS"))
                .isEqualTo(new Filter.Or(List.of(new Filter.And(List.of(de, young)), titled)));
        assertThat(parse("lang = de and (year >= 2020 or title exists)"))
                .isEqualTo(new Filter.And(List.of(de, new Filter.Or(List.of(young, titled)))));
        assertThat(parse("NOT lang=de AND year>=2020")).isEqualTo(new Filter.And(List.of(new Filter.Not(de), young)));
        assertThat(parse("lang!=de")).isEqualTo(new Filter.Not(de));
    }

    @Test
    void valuesMayStandInQuotes() {
        assertThat(parse("lang='a \"b\" (c)'")).isEqualTo(new Filter.Keyword("lang", Set.of("a \"b\" (c)")));
        assertThat(parse("lang=\"a\\\"b\\\\\"")).isEqualTo(new Filter.Keyword("lang", Set.of("a\"b\\")));
        assertThat(parse("\"not\"=AND")).isEqualTo(new Filter.Keyword("not", Set.of("AND")));
        assertThat(parse("lang IN (de, 'zh', 中文)")).isEqualTo(new Filter.Keyword("lang", Set.of("de", "zh", "中文")));
        assertThat(parse("title ~ 'two dogs'")).isEqualTo(new Filter.Words("title", "two dogs"));
        assertThat(parse("Größe<-1.5e3"))
                .isEqualTo(new Filter.NumberRange("Größe", Double.NEGATIVE_INFINITY, Math.nextDown(-1500.0)));
    }

    /// Both signs of zero are the same number.
    @Test
    void zeroHasNoSign() {
        assertThat(parse("year=0")).isEqualTo(new Filter.NumberRange("year", -0.0, 0.0));
        assertThat(parse("year>=0")).isEqualTo(new Filter.NumberRange("year", -0.0, Double.POSITIVE_INFINITY));
        assertThat(((Filter.NumberRange) parse("year>0")).least()).isEqualTo(Double.MIN_VALUE);
    }

    @Test
    void aDateIsASpan() {
        DateSpan year = DateSpan.parse("2024");
        assertThat(year).isEqualTo(new DateSpan(1_704_067_200_000L, 1_735_689_599_999L));
        assertThat(parse("taken=2024")).isEqualTo(new Filter.DateRange("taken", year.first(), year.last()));
        assertThat(parse("taken>2024")).isEqualTo(new Filter.DateRange("taken", year.last() + 1, Long.MAX_VALUE));
        assertThat(parse("taken<2024")).isEqualTo(new Filter.DateRange("taken", Long.MIN_VALUE, year.first() - 1));
        assertThat(parse("taken<=2024")).isEqualTo(new Filter.DateRange("taken", Long.MIN_VALUE, year.last()));
    }

    @ParameterizedTest
    @CsvSource({
        "2024-02,                  2024-02-01T00:00:00.000Z, 2024-02-29T23:59:59.999Z",
        "2024-02-29,               2024-02-29T00:00:00.000Z, 2024-02-29T23:59:59.999Z",
        "2024-02-29T10:30,         2024-02-29T10:30:00.000Z, 2024-02-29T10:30:59.999Z",
        "2024-02-29T10:30:15,      2024-02-29T10:30:15.000Z, 2024-02-29T10:30:15.999Z",
        "2024-02-29T10:30:15.25Z,  2024-02-29T10:30:15.250Z, 2024-02-29T10:30:15.250Z",
        "2024-02-29T10:30+02:00,   2024-02-29T08:30:00.000Z, 2024-02-29T08:30:59.999Z",
        "1969,                     1969-01-01T00:00:00.000Z, 1969-12-31T23:59:59.999Z",
    })
    void datesAreAsExactAsTheyAreWritten(String text, String first, String last) {
        assertThat(DateSpan.parse(text))
                .isEqualTo(new DateSpan(
                        java.time.Instant.parse(first).toEpochMilli(),
                        java.time.Instant.parse(last).toEpochMilli()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2024-13", "2023-02-29", "20", "2024-01-01T25:00", "99999999999-01"})
    void whatIsNoDateIsRefused(String text) {
        assertThatThrownBy(() -> DateSpan.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no date");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lang=de AND      | 11 | a field was expected",
                "lang=de year=1   | 8  | AND, OR or the end",
                "colour=red       | 0  | no field \"colour\"",
                "year=abc         | 5  | no number",
                "year=NaN         | 5  | no number",
                "taken>soon       | 6  | is no date",
                "lang>de          | 4  | does not suit \"lang\"",
                "title=x          | 5  | does not suit \"title\"",
                "year~3           | 4  | does not suit \"year\"",
                "lang=            | 5  | a value was expected",
                "lang             | 4  | after a field",
                "(lang=de         | 8  | \")\" was expected",
                "lang='de         | 5  | quote is not closed",
                "lang IN de       | 8  | \"(\" was expected",
                "lang IN (de zh)  | 12 | \")\" was expected",
                "not=x            | 3  | a field was expected",
                "AND=x            | 0  | a field was expected",
                "``               | 0  | a field was expected",
            })
    void aMistakeNamesItsPlace(String text, int position, String reason) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        FilterException.class, e -> assertThat(e.position()).isEqualTo(position))
                .hasMessageContaining("letter " + (position + 1))
                .hasMessageContaining(reason);
    }

    @Test
    void whatNeverEndsIsRefused() {
        assertThatThrownBy(() -> parse("(".repeat(5_000) + "lang=de")).hasMessageContaining("inside each other");
        assertThatThrownBy(() -> parse("lang=de OR ".repeat(600) + "lang=de")).hasMessageContaining("comparisons");
        assertThatThrownBy(() -> parse("NOT lang EXISTS OR ".repeat(500) + "lang=de"))
                .hasMessageContaining("comparisons");
        assertThatThrownBy(() -> parse("lang=" + "x".repeat(20_000))).hasMessageContaining("letters");
    }

    /// Whatever comes, it is a filter or a FilterException.
    @Test
    void noiseIsNeverAnotherError() {
        String[] parts = {"lang", "year", "taken", "title", "=", "!=", "<", ">=", "~", "(", ")", ",", "AND", "or", "NOT"
        };
        String[] more = {"IN", "EXISTS", "'", "\"", "\\", "2024", "-", "x", " ", "中", "\uD83D", "\n", "1e999", "+0"};
        Random random = new Random(4);
        int filters = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(9); k >= 0; k--) {
                String[] from = random.nextBoolean() ? parts : more;
                text.append(from[random.nextInt(from.length)]).append(random.nextBoolean() ? " " : "");
            }
            try {
                parse(text.toString());
                filters++;
            } catch (FilterException e) {
                assertThat(e.position()).isBetween(0, text.length());
            }
        }
        assertThat(filters).as("some of it is a filter").isGreaterThan(10);
    }
}
