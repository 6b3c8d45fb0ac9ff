package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;

/// L_C: images find their captions and captions their images, translation by translation and caption by
/// caption.
record Matching(TrainConfig.Loss config, Contrast contrast) implements Term {
    @Override
    public Set<Input> inputs() {
        EnumSet<Input> inputs = EnumSet.noneOf(Input.class);
        if (config.vt() > 0) {
            inputs.add(Input.TARGET);
        }
        if (config.vs() > 0) {
            inputs.add(Input.SOURCE);
        }
        return inputs;
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        if (config.vt() > 0) {
            parts.add("vt", config.vt(), contrast.loss(batch.vision(), batch.target()));
        }
        if (config.vs() > 0) {
            parts.add("vs", config.vs(), contrast.loss(batch.vision(), batch.source()));
        }
    }
}
