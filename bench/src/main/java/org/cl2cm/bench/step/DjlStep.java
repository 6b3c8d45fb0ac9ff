package org.cl2cm.bench.step;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.AdamW;
import ai.djl.training.tracker.Tracker;
import org.cl2cm.bench.Clock;

/// The same step with DJL's model, trainer and optimizer on its build of PyTorch, in float32: it has no autocast on a
/// CPU. Its dropout draws a number for every token and coordinate.
final class DjlStep implements TrainingStep {
    private final StepShape shape;
    private final Clock clock;
    private final Model model;
    private final Trainer trainer;
    private final NDList inputs;
    private final NDArray partners;

    DjlStep(StepShape shape, Clock clock) {
        this.shape = shape;
        this.clock = clock;
        Device cpu = Device.cpu();
        model = Model.newInstance("step", cpu, "PyTorch");
        model.setBlock(new DjlTower(shape));
        AdamW optimizer = AdamW.builder()
                .optLearningRateTracker(Tracker.fixed((float) StepShape.RATE))
                .optWeightDecays((float) StepShape.DECAY)
                .optBeta1((float) StepShape.BETA1)
                .optBeta2((float) StepShape.BETA2)
                .optEpsilon(1e-8f)
                .build();
        // The loss is computed by hand below; the configuration asks for one.
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {cpu})
                .optOptimizer(optimizer));
        Shape states = new Shape(shape.batch(), shape.length(), shape.hidden());
        Shape padding = new Shape(shape.batch(), 1, 1, shape.length());
        trainer.initialize(states, padding);
        NDManager manager = trainer.getManager();
        inputs = new NDList(manager.create(SeededValues.states(shape), states), manager.zeros(padding));
        partners = manager.create(SeededValues.partners(shape), new Shape(shape.batch(), shape.dimension()));
    }

    @Override
    public StepTime run() {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            inputs.tempAttach(scope);
            partners.tempAttach(scope);
            long start = clock.nanos();
            // Making the collector sets the gradients to zero.
            try (GradientCollector collector = trainer.newGradientCollector()) {
                long zeroed = clock.nanos();
                NDArray loss = infoNce(trainer.forward(inputs).singletonOrThrow());
                double value = loss.getFloat();
                long forward = clock.nanos();
                collector.backward(loss);
                long backward = clock.nanos();
                trainer.step();
                double optimizer = (clock.nanos() - backward + zeroed - start) / 1e9;
                return new StepTime((forward - zeroed) / 1e9, (backward - forward) / 1e9, optimizer, value);
            }
        }
    }

    /// `1/2 [CE(V T' / tau) + CE(T V' / tau)]`. Numbers are floats: a double would turn the loss into float64.
    private NDArray infoNce(NDArray texts) {
        NDArray logits = partners.matMul(texts.transpose()).div((float) StepShape.TEMPERATURE);
        NDArray rows = logits.logSoftmax(1);
        NDArray columns = logits.logSoftmax(0);
        NDArray own = logits.getManager().eye(shape.batch());
        return rows.add(columns).mul(own).sum().div(-2f * shape.batch());
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
