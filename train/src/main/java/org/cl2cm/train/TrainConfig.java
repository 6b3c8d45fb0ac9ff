package org.cl2cm.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import org.cl2cm.model.nn.FusionNetwork;
import org.cl2cm.model.nn.TextTower;
import org.cl2cm.model.nn.VisionTower;

/// All settings of a run, as in `defaults.yaml`, which explains every key.
public record TrainConfig(
        long seed,
        Method objective,
        Data data,
        Text text,
        Vision vision,
        int dimension,
        Loss loss,
        Nrccr nrccr,
        Dcot dcot,
        Momentum momentum,
        Masked masked,
        Teacher teacher,
        Train train,
        Rerank rerank) {

    public TrainConfig {
        if (data.translations().isEmpty() && (loss.vt() > 0 || teacher.schedule() != Schedule.NONE)) {
            throw new IllegalArgumentException(
                    "key \"data.translations\" is empty: name the translations to learn from, or set loss.vt=0");
        }
        if (loss.distils() && teacher.schedule() == Schedule.NONE) {
            throw new IllegalArgumentException(
                    "keys \"loss.d\", \"loss.d_modal\" and \"loss.d_text\" learn from a teacher,"
                            + " and there is none: set teacher.schedule");
        }
        if (loss.dText() > 0 && train.parallelShare() == 0) {
            throw new IllegalArgumentException(
                    "key \"loss.d_text\" learns from parallel text: set train.parallel_share and data.parallel");
        }
        if (loss.vt() == 0 && loss.vs() == 0 && loss.languages() == 0) {
            throw new IllegalArgumentException(
                    "keys \"loss.vt\", \"loss.vs\" and \"loss.languages\" are all 0: nothing to learn");
        }
        if (objective == Method.NRCCR && text.blocks() == 0 && nrccr.similarity() + nrccr.feature() > 0) {
            throw new IllegalArgumentException("key \"text.blocks\" is 0: nrccr retells a translation in the words of"
                    + " its source with the head's last layer; set text.blocks=1");
        }
        if (objective == Method.NRCCR
                && nrccr.cycle() > 0
                && nrccr.back().size() != data.translations().size()) {
            throw new IllegalArgumentException(
                    "key \"nrccr.back\" has " + nrccr.back().size() + " entries and"
                            + " \"data.translations\" " + data.translations().size()
                            + ": name the back-translation of each, in their order, or set nrccr.cycle=0");
        }
        if (masked.weight() > 0 && (text.trainable() == 0 || data.translations().isEmpty())) {
            throw new IllegalArgumentException("key \"masked.weight\": masked words are guessed by the BERT layers that"
                    + " train, from translations: set text.trainable to at least 1, and data.translations");
        }
        if (objective == Method.DCOT && (loss.negatives() == Negatives.HARDEST || loss.vt() == 0)) {
            throw new IllegalArgumentException(
                    "dcot weighs the pairs of the loss \"loss.vt\", which must be above 0, and"
                            + " \"loss.negatives\" must be all");
        }
        if (loss.languages() + loss.agreement() + loss.modal() > 0
                && data.translations().isEmpty()) {
            throw new IllegalArgumentException("keys \"loss.languages\", \"loss.agreement\" and \"loss.modal\" look at"
                    + " translations: name some in data.translations");
        }
        if (train.parallelShare() > 0 && (loss.dText() <= 0 || teacher.schedule() != Schedule.TWO_STAGE)) {
            throw new IllegalArgumentException("key \"train.parallel_share\": parallel text teaches the student through"
                    + " \"loss.d_text\" and a teacher of schedule two_stage: set both");
        }
        if (teacher.shared() && teacher.schedule() != Schedule.JOINT) {
            throw new IllegalArgumentException(
                    "key \"teacher.shared\": one text encoder learns for both networks at the same time: set"
                            + " teacher.schedule=joint");
        }
        if (!teacher.from().isEmpty() && teacher.schedule() != Schedule.TWO_STAGE) {
            throw new IllegalArgumentException(
                    "key \"teacher.from\" names a run whose teacher is taken: set teacher.schedule=two_stage");
        }
        if (teacher.parallelShare() + train.parallelShare() > 0
                && data.parallel().isEmpty()) {
            throw new IllegalArgumentException("keys \"parallel_share\" are set but \"data.parallel\" is empty");
        }
    }

    /// The stage that a run starts with.
    String firstStage() {
        if (!rerank.from().isEmpty()) {
            return TrainerState.RERANK;
        }
        return teacher.schedule() == Schedule.TWO_STAGE ? TrainerState.TEACHER : TrainerState.STUDENT;
    }

    /// What the student learns.
    public enum Method {
        CL2CM,
        NRCCR,
        DCOT
    }

    /// When the teacher learns.
    public enum Schedule {
        NONE,
        TWO_STAGE,
        JOINT
    }

    /// Which word-level loss (B) the teacher has.
    public enum Words {
        /// B2
        SELF_LABELLING,
        /// B1
        TRANSPORT_COST
    }

    public enum Transport {
        IPOT,
        SINKHORN
    }

    /// Which negatives count in the losses A and C.
    public enum Negatives {
        ALL,
        HARDEST
    }

    public enum Decay {
        COSINE,
        LINEAR
    }

    /// Which epoch's weights become the model.
    public enum Keep {
        BEST,
        LAST
    }

    public enum Format {
        AUTO,
        FLOAT32,
        BFLOAT16
    }

    public record Data(
            String manifest,
            String features,
            String source,
            List<String> translations,
            List<String> parallel,
            String train,
            String valid,
            List<String> test,
            int limit,
            int captions,
            double noise) {
        public Data {
            share("data.noise", noise);
        }

        /// The target languages, e.g. `zh` for `zh.google`, each once.
        public List<String> targets() {
            return translations.stream().map(Data::language).distinct().toList();
        }

        static String language(String key) {
            return key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
        }
    }

    public record Text(
            String model,
            int depth,
            int trainable,
            @JsonProperty("max_length") int maxLength,
            int width,
            int blocks,
            int heads,
            double dropout,
            @JsonProperty("word_dropout") double wordDropout,
            TextTower.Pooling pooling) {
        public Text {
            share("text.word_dropout", wordDropout);
        }

        /// Whether a network of the other settings can take the weights of one of these.
        boolean sameNetwork(Text other) {
            return model.equals(other.model)
                    && maxLength == other.maxLength
                    && depth == other.depth
                    && trainable == other.trainable
                    && width == other.width
                    && blocks == other.blocks
                    && heads == other.heads
                    && pooling == other.pooling;
        }

        /// Width of the states that the head pools.
        int headWidth(int hidden) {
            return width == 0 ? hidden : width;
        }

        TextTower.Config tower(int dimension) {
            return new TextTower.Config(depth, trainable, width, blocks, heads, dropout, pooling, dimension);
        }
    }

    public record Vision(
            int pixels,
            int channels,
            int width,
            double dropout,
            int frames,
            @JsonProperty("temporal_layers") int temporalLayers,
            @JsonProperty("temporal_heads") int temporalHeads) {
        public Vision {
            if (frames < 0 || frames > 1000 || temporalLayers < 0) {
                throw new IllegalArgumentException(
                        "keys \"vision.frames\", 0 to 1000, and \"vision.temporal_layers\", from 0: " + frames + ", "
                                + temporalLayers);
            }
        }

        VisionTower.Config tower(int features, int dimension) {
            int layers = frames == 0 ? 0 : temporalLayers;
            return new VisionTower.Config(
                    features,
                    pixels,
                    pixels == 0 ? 0 : channels,
                    width,
                    dropout,
                    dimension,
                    frames,
                    layers,
                    layers == 0 ? 0 : temporalHeads);
        }
    }

    public record Loss(
            double temperature,
            @JsonProperty("learn_temperature") boolean learnTemperature,
            double vt,
            double vs,
            double a,
            double b,
            @JsonProperty("b_pairs") int bPairs,
            Words words,
            Transport transport,
            double d,
            @JsonProperty("d_temperature") double dTemperature,
            @JsonProperty("d_ramp") double dRamp,
            @JsonProperty("d_modal") double dModal,
            @JsonProperty("d_text") double dText,
            double languages,
            double agreement,
            double modal,
            Negatives negatives,
            double margin) {
        /// Whether anything is learnt from the teacher's relations.
        boolean distils() {
            return d > 0 || dModal > 0 || dText > 0;
        }
    }

    /// @param back keys of the back-translations, one for each of `data.translations`
    public record Nrccr(double similarity, double feature, double cycle, List<String> back, double language) {}

    /// @param warmup share of the training in which every pair is trusted
    /// @param modal share that the cross-modal view has at the end
    /// @param threshold below which a pair is left out at first
    public record Dcot(double warmup, double modal, double threshold) {
        public Dcot {
            share("dcot.warmup", warmup);
            if (!(modal >= 0 && modal <= 1) || !(threshold >= 0 && threshold <= 1)) {
                throw new IllegalArgumentException("keys \"dcot.modal\" and \"dcot.threshold\" are from 0 to 1");
            }
        }
    }

    /// @param queue vectors of earlier batches, each side
    /// @param rate what stays of the momentum encoder at a step
    public record Momentum(double weight, int queue, double rate) {
        public Momentum {
            share("momentum.rate", rate);
            if (queue < 1) {
                throw new IllegalArgumentException("key \"momentum.queue\": " + queue + "; it holds at least 1");
            }
        }
    }

    /// @param pairs of a batch whose translations are masked
    /// @param share of their word pieces
    public record Masked(double weight, int pairs, double share) {
        public Masked {
            TrainConfig.share("masked.share", share);
            if (pairs < 1) {
                throw new IllegalArgumentException("key \"masked.pairs\": " + pairs + "; it starts at 1");
            }
        }
    }

    public record Teacher(
            Schedule schedule,
            int epochs,
            @JsonProperty("parallel_share") double parallelShare,
            @JsonProperty("start_student") boolean startStudent,
            boolean shared,
            String from) {
        public Teacher {
            share("teacher.parallel_share", parallelShare);
        }
    }

    public record Train(
            int batch,
            int accumulate,
            int epochs,
            int patience,
            double rate,
            @JsonProperty("layer_rate") double layerRate,
            @JsonProperty("layer_decay") double layerDecay,
            @JsonProperty("weight_decay") double weightDecay,
            double warmup,
            Decay schedule,
            Keep keep,
            @JsonProperty("parallel_share") double parallelShare,
            double clip,
            Format precision,
            int threads,
            int buckets,
            @JsonProperty("checkpoint_minutes") double checkpointMinutes) {
        public Train {
            if (batch < 2) {
                throw new IllegalArgumentException("key \"train.batch\": " + batch + "; contrast needs at least 2");
            }
            share("train.parallel_share", parallelShare);
            if (accumulate < 1 || epochs < 1 || buckets < 1) {
                throw new IllegalArgumentException("train.accumulate, train.epochs and train.buckets start at 1");
            }
        }

        /// Threads of the engine: as set, or the cores of this machine.
        int engineThreads() {
            return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        }
    }

    /// @param layers of the re-ranker; 0 = none
    /// @param tokens that an image becomes
    /// @param candidates the best images of a text, which are sorted anew
    /// @param negatives of these that are held against the right image in training
    /// @param from a run whose networks are taken
    public record Rerank(
            int layers,
            int width,
            int heads,
            int tokens,
            double dropout,
            int candidates,
            int negatives,
            int epochs,
            double rate,
            String from) {
        public Rerank {
            if (layers < 0 || tokens < 1 || epochs < 1) {
                throw new IllegalArgumentException(
                        "keys \"rerank.layers\", from 0, \"rerank.tokens\" and \"rerank.epochs\", from 1: " + layers
                                + ", " + tokens + ", " + epochs);
            }
            if (negatives < 1 || candidates < 2) {
                throw new IllegalArgumentException("keys \"rerank.negatives\", from 1, and \"rerank.candidates\", from"
                        + " 2: " + negatives + ", " + candidates);
            }
            if (!from.isEmpty() && layers == 0) {
                throw new IllegalArgumentException(
                        "key \"rerank.from\" names a run that gets a re-ranker: set rerank.layers");
            }
        }

        FusionNetwork.Config network(int words, int dimension) {
            return new FusionNetwork.Config(words, dimension, tokens, width, heads, layers, dropout);
        }
    }

    private static void share(String key, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("key \"" + key + "\": " + value + "; a share is from 0 to below 1");
        }
    }

    /// The name of an enum value in a configuration file.
    static String key(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
