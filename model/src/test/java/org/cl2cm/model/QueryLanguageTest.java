package org.cl2cm.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryLanguageTest {
    @ParameterizedTest
    @CsvSource({
        "A dog runs along the beach with a stick in its mouth, en",
        "狗在沙滩上跑, zh",
        "一个穿红衣服的男孩, zh",
        "كلب يجري على الشاطئ مع الأطفال, ar",
        "dog, en",
        "red car, en",
    })
    void knowsTheLanguagesOfTheModel(String text, String language) {
        QueryLanguage.Guess guess = new QueryLanguage(List.of("en", "zh", "ar")).of(text);
        assertThat(guess.trained()).contains(language);
        assertThat(guess.other()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Ein Hund läuft mit einem Stock im Maul am Strand entlang, de",
        "犬が海辺を走っています, ja",
        "собака бежит по пляжу с палкой, ru",
        "개, ko",
        "σκύλος, el",
        "Dwóch chłopców gra w piłkę nożną na trawie, pl",
    })
    void saysWhenAQueryIsInNoneOfThem(String text, String language) {
        QueryLanguage.Guess guess = new QueryLanguage(List.of("en", "zh")).of(text);
        assertThat(guess.trained()).isEmpty();
        assertThat(guess.other()).contains(language);
    }

    @Test
    void keepsSilentWhereNobodyCanTell() {
        QueryLanguage english = new QueryLanguage(List.of("en"));
        // Too short for its spelling to count.
        assertThat(english.of("Hund am Strand").other()).isEmpty();
        assertThat(english.of("12345 ?!").other()).isEmpty();
        // A language that no library knows may be the one.
        assertThat(new QueryLanguage(List.of("en", "xx"))
                        .of("xa xred xdog xjumps")
                        .other())
                .isEmpty();
        assertThat(new QueryLanguage(List.of("pt-BR", "en"))
                        .of("um cachorro corre na praia com as crianças")
                        .trained())
                .isEqualTo(Optional.of("pt-BR"));
    }
}
