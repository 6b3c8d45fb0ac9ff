package org.cl2cm.bench.step;

/// Who does a step.
enum StepEngine {
    OWN_FLOAT32("cl2cm float32"),
    OWN_BFLOAT16("cl2cm bfloat16"),
    DJL("DJL float32");

    private final String title;

    StepEngine(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
