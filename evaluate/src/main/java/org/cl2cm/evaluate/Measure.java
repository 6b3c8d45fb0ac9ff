package org.cl2cm.evaluate;

/// The recalls that intervals are given for, and their sum.
public enum Measure {
    T2I_R1("t2i R@1"),
    T2I_R5("t2i R@5"),
    T2I_R10("t2i R@10"),
    I2T_R1("i2t R@1"),
    I2T_R5("i2t R@5"),
    I2T_R10("i2t R@10"),
    SUM_R("SumR");

    private final String title;

    Measure(String title) {
        this.title = title;
    }

    /// The name in tables and files, e.g. `t2i R@1`.
    public String title() {
        return title;
    }

    /// The recall at `cut` (1, 5 or 10) in `direction`.
    public static Measure recall(Direction direction, int cut) {
        boolean text = direction == Direction.TEXT_TO_IMAGE;
        return switch (cut) {
            case 1 -> text ? T2I_R1 : I2T_R1;
            case 5 -> text ? T2I_R5 : I2T_R5;
            case 10 -> text ? T2I_R10 : I2T_R10;
            default -> throw new IllegalArgumentException("no recall at " + cut + "; there are 1, 5 and 10");
        };
    }
}
