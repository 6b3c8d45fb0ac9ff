package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;
import org.cl2cm.train.losses.MultiPositiveLoss;

/// One image against its caption in all languages at once, see [MultiPositiveLoss].
record AllLanguages(TrainConfig.Loss config, Contrast contrast) implements Term {
    @Override
    public Set<Input> inputs() {
        return EnumSet.of(Input.ALL_TARGETS);
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        StudentTexts.Languages languages = batch.texts().languages().orElseThrow();
        parts.add(
                "languages",
                config.languages(),
                MultiPositiveLoss.loss(batch.vision(), languages.texts(), languages.imageOf(), contrast.scale()));
    }
}
