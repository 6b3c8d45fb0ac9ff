package org.cl2cm.data.scene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NoisyTranslatorTest {
    private static final int CAPTIONS = 4000;

    @Test
    void spoilsTheShareThatIsAskedForInEveryWay() {
        for (String language : SceneOptions.LANGUAGES) {
            Grammar grammar = Grammar.of(language);
            NoisyTranslator translator = new NoisyTranslator(grammar, 0.25);
            SplittableRandom random = new SplittableRandom(5);
            SceneSampler sampler = new SceneSampler();
            Map<Noise, Integer> kinds = new EnumMap<>(Noise.class);
            int spoilt = 0;
            for (int i = 0; i < CAPTIONS; i++) {
                Description said = Describer.describe(sampler.next(random), 1, grammar, random)
                        .get(0);
                Translation translation = translator.translate(said, random);
                boolean differs = !translation.text().equals(grammar.say(said.commonest()));
                assertThat(differs)
                        .as("%s %s", translation.text(), translation.mistakes())
                        .isEqualTo(!translation.mistakes().isEmpty());
                spoilt += differs ? 1 : 0;
                translation.mistakes().forEach(noise -> kinds.merge(noise, 1, Integer::sum));
            }
            // Four standard deviations of a binomial share are 0.027.
            assertThat(spoilt / (double) CAPTIONS).as(language).isBetween(0.22, 0.28);
            assertThat(kinds.keySet()).as(language).containsExactlyInAnyOrder(Noise.values());
            kinds.forEach((noise, count) ->
                    assertThat(count).as("%s %s", language, noise).isGreaterThan(CAPTIONS / 100));
        }
    }

    @Test
    void withoutNoiseTranslatesRight() {
        Grammar german = Grammar.of("de");
        SplittableRandom random = new SplittableRandom(6);
        Description said = Describer.describe(new SceneSampler().next(random), 1, german, random)
                .get(0);
        Translation translation = new NoisyTranslator(german, 0).translate(said, random);
        assertThat(translation.mistakes()).isEmpty();
        assertThat(translation.text()).isEqualTo(german.say(said.commonest()));
    }
}
