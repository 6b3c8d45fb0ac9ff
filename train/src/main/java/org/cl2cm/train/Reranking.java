package org.cl2cm.train;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.cl2cm.model.nn.CrossModalNetwork;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.Tensors;

/// The last stage of a run that has one: a fusion network learns to tell the right image of a text from
/// those that the finished student takes for it (hard negatives, as in the image-text matching of CCLM,
/// Zeng et al., 2023, here as a choice of one among several).
///
/// The student no longer changes. How much the network's opinion counts beside the cosine is chosen on
/// validation, and may be nothing.
final class Reranking implements Stage {
    /// What a logit may be worth in cosines.
    private static final double[] WEIGHTS = {0, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1};

    private final TrainConfig config;
    private final TrainingSet data;
    private final BatchEncoder encoder;
    private final CrossModalNetwork student;
    private final FusionNetwork fusion;
    private final Networks networks;
    private final Validation validation;
    private final Run run;
    private final StepClock clock;
    private final Tensor images;
    private final Map<String, Set<Integer>> imagesOf = new HashMap<>();

    /// To be made in the pointer scope that it is used in.
    ///
    /// @param features of the images of `data`
    Reranking(
            TrainConfig config,
            TrainingSet data,
            ImageFeatures features,
            BatchEncoder encoder,
            Networks networks,
            Validation validation,
            Run run,
            StepClock clock) {
        this.config = config;
        this.data = data;
        this.encoder = encoder;
        this.student = networks.student();
        this.fusion = networks.reranker().orElseThrow();
        this.networks = networks;
        this.validation = validation;
        this.run = run;
        this.clock = clock;
        this.images = Tensors.of(
                Validation.images(student.vision(), features),
                data.images().size(),
                student.vision().config().dimension());
        for (int image = 0; image < data.images().size(); image++) {
            for (TrainingSet.Caption caption : data.images().get(image).captions()) {
                own(caption.source(), image);
                for (String target : caption.targets()) {
                    own(target, image);
                }
            }
        }
    }

    private void own(String text, int image) {
        imagesOf.computeIfAbsent(text, _ -> new LinkedHashSet<>()).add(image);
    }

    @Override
    public int number() {
        return 3;
    }

    @Override
    public int epochs() {
        return config.rerank().epochs();
    }

    @Override
    public double rate() {
        return config.rerank().rate();
    }

    @Override
    public List<List<Triplet>> batches(int epoch) {
        return data.epoch(config.seed(), epoch, config.train().batch(), 0);
    }

    /// The right image among those that the student takes for it: cross-entropy.
    @Override
    public LossParts.Sum loss(List<Triplet> batch, Place place, Random random) {
        // Clean captions and translations in turn: the network serves queries of both languages.
        List<String> texts = new ArrayList<>();
        for (Triplet triplet : batch) {
            boolean source = triplet.target().isBlank() || random.nextBoolean();
            texts.add(source ? triplet.source() : triplet.target());
        }
        FusionNetwork.Texts encoded;
        long[] chosen;
        try (NoGradGuard _ = new NoGradGuard()) {
            encoded = encoder.words(student.text(), texts).forFusion();
            clock.stop("student");
            chosen = choose(batch, texts, torch.matmul(encoded.sentences(), images.t()), random);
        }
        long each = chosen.length / texts.size();
        Tensor candidates =
                torch.index_select(images, 0, Tensors.of(chosen, chosen.length)).view(texts.size(), each, -1);
        clock.stop("data");
        Tensor logits = encoder.precision().run(() -> fusion.forward(encoded, candidates, true));
        LossParts parts = new LossParts();
        parts.add(
                "match", 1, torch.cross_entropy_loss(logits, Tensors.of(new long[texts.size()], (long) texts.size())));
        return parts.sum();
    }

    /// For every text its own image and then some of the others that the student likes best.
    ///
    /// @param cosines `[texts, images]`; written to
    private long[] choose(List<Triplet> batch, List<String> texts, Tensor cosines, Random random) {
        int n = Math.toIntExact(cosines.size(1));
        int most = 1;
        MemorySegment memory = Tensors.memory(cosines);
        for (int i = 0; i < texts.size(); i++) {
            Set<Integer> own = imagesOf.getOrDefault(texts.get(i), Set.of());
            most = Math.max(most, own.size());
            for (int image : own) {
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, (long) i * n + image, Float.NEGATIVE_INFINITY);
            }
        }
        int others = Math.max(1, Math.min(config.rerank().candidates(), n - most));
        int negatives = Math.min(config.rerank().negatives(), others);
        Tensor best = torch.topk(cosines, others).get1().contiguous();
        MemorySegment rows = Tensors.memory(best);
        long[] chosen = new long[texts.size() * (1 + negatives)];
        for (int i = 0; i < texts.size(); i++) {
            int at = i * (1 + negatives);
            chosen[at] = batch.get(i).item();
            Set<Integer> drawn = new LinkedHashSet<>();
            while (drawn.size() < negatives) {
                drawn.add(random.nextInt(others));
            }
            for (int place : drawn) {
                chosen[++at] = rows.getAtIndex(ValueLayout.JAVA_LONG, (long) i * others + place);
            }
        }
        return chosen;
    }

    @Override
    public TrainerState endEpoch(TrainerState state) throws IOException {
        Validation.Reranked best =
                validation.reranked(student, fusion, config.rerank().candidates(), WEIGHTS);
        clock.stop("valid");
        Map<String, Double> scores = new LinkedHashMap<>(best.recalls());
        scores.put("weight", best.weight());
        run.logEpoch(state, scores, clock);
        if (best.selection() > state.best()) {
            run.keepBestReranker(networks, best.weight());
            return state.withBest(best.selection(), state.epoch());
        }
        return state;
    }
}
