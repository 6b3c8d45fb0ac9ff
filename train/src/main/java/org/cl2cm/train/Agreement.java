package org.cl2cm.train;

import java.util.EnumSet;
import java.util.Set;
import org.cl2cm.train.losses.AgreementLoss;

/// What images think of translations and translations of images, see [AgreementLoss].
record Agreement(TrainConfig.Loss config, Contrast contrast) implements Term {
    @Override
    public Set<Input> inputs() {
        return EnumSet.of(Input.TARGET);
    }

    @Override
    public void add(LossParts parts, StudentBatch batch) {
        parts.add(
                "agreement", config.agreement(), AgreementLoss.loss(batch.vision(), batch.target(), contrast.scale()));
    }
}
