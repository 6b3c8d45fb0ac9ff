package org.cl2cm.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.Test;

/// The borders of the modules, see docs/concepts/architecture.md.
class ArchitectureTest {
    private static final String[] NATIVE = {"org.bytedeco..", "ai.djl..", "ai.onnxruntime.."};
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.cl2cm");

    private static final ArchRule INTERNAL_IS_INTERNAL = noClasses().should(useInternalsOfAnotherModule());
    private static final ArchRule NO_NATIVES = noClasses()
            .that()
            .resideInAnyPackage("org.cl2cm.data..", "org.cl2cm.evaluate..", "org.cl2cm.search..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(NATIVE);
    private static final ArchRule LIBTORCH_STAYS_INSIDE = noClasses()
            .that()
            .resideOutsideOfPackages("org.cl2cm.model..", "org.cl2cm.train..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @Test
    void modulesHaveNoCycles() {
        assertThat(CLASSES.size()).isGreaterThan(50);
        slices().matching("org.cl2cm.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void nobodyUsesTheInternalsOfAnotherModule() {
        INTERNAL_IS_INTERNAL.check(CLASSES);
    }

    @Test
    void dataEvaluateAndSearchLoadNoNativeLibrary() {
        NO_NATIVES.check(CLASSES);
    }

    @Test
    void tensorsStayInModelAndTrain() {
        LIBTORCH_STAYS_INSIDE.check(CLASSES);
    }

    @Test
    void theGuardsSeeAViolation() {
        // The networks do use libtorch, so a rule that forbids it to them has to fail.
        ArchRule forbidden = noClasses()
                .that()
                .resideInAPackage("org.cl2cm.model.nn..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..");
        assertThat(forbidden.evaluate(CLASSES).hasViolation()).isTrue();
        assertThat(module("org.cl2cm.model.internal.X")).isEqualTo("model");
    }

    private static ArchCondition<JavaClass> useInternalsOfAnotherModule() {
        return new ArchCondition<>("use internals of another module") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                user.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass())
                        .filter(INTERNAL)
                        .filter(used -> !module(used.getName()).equals(module(user.getName())))
                        .forEach(used -> events.add(
                                SimpleConditionEvent.satisfied(user, user.getName() + " uses " + used.getName())));
            }
        };
    }

    private static final DescribedPredicate<JavaClass> INTERNAL = new DescribedPredicate<>("internal classes of ours") {
        @Override
        public boolean test(JavaClass used) {
            return used.getPackageName().startsWith("org.cl2cm.")
                    && used.getPackageName().contains(".internal");
        }
    };

    private static String module(String name) {
        String rest = name.startsWith("org.cl2cm.") ? name.substring("org.cl2cm.".length()) : "";
        return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
    }
}
