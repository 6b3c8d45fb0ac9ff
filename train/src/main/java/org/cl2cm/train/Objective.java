package org.cl2cm.train;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What the student learns: the terms of the run's objective, and the options that go with any of them.
final class Objective {
    private final List<Term> terms;
    private final Set<Term.Input> inputs = EnumSet.noneOf(Term.Input.class);

    private Objective(List<Term> terms) {
        this.terms = terms;
        terms.forEach(term -> inputs.addAll(term.inputs()));
    }

    /// @param more terms that come on top
    static Objective of(TrainConfig config, Networks networks, BatchEncoder encoder, List<Term> more) {
        Contrast contrast = new Contrast(config.loss(), networks.studentScale());
        List<Term> own = switch (config.objective()) {
            case CL2CM -> Cl2cm.terms(config, contrast);
            case NRCCR -> Nrccr.terms(config, contrast, networks, encoder);
            case DCOT -> Dcot.terms(config, contrast);
        };
        return new Objective(Stream.of(own, options(config, contrast), more)
                .flatMap(List::stream)
                .toList());
    }

    private static List<Term> options(TrainConfig config, Contrast contrast) {
        List<Term> options = new ArrayList<>();
        if (config.loss().languages() > 0) {
            options.add(new AllLanguages(config.loss(), contrast));
        }
        if (config.loss().agreement() > 0) {
            options.add(new Agreement(config.loss(), contrast));
        }
        if (config.loss().modal() > 0) {
            options.add(new ModalTransfer(config.loss()));
        }
        if (config.momentum().weight() > 0) {
            options.add(new QueueMatching(config, contrast));
        }
        return options;
    }

    boolean uses(Term.Input input) {
        return inputs.contains(input);
    }

    void add(LossParts parts, StudentBatch batch) {
        terms.forEach(term -> term.add(parts, batch));
    }
}
