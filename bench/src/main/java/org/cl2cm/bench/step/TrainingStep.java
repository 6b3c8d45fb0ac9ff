package org.cl2cm.bench.step;

/// A network with its optimizer, ready for steps.
interface TrainingStep extends AutoCloseable {
    /// Forward, backward, optimizer; the weights change.
    StepTime run();

    @Override
    void close();
}
