package org.cl2cm.train;

import java.util.List;

/// The student's side of CL2CM (Wang et al., AAAI 2024): L_C + lambda_D L_D. Without a teacher it is
/// the baselines: base (V-T), base+ (V-T and V-S), zero-shot (V-S).
final class Cl2cm {
    private Cl2cm() {}

    static List<Term> terms(TrainConfig config, Contrast contrast) {
        return List.of(new Matching(config.loss(), contrast), new Distillation(config.loss()));
    }
}
