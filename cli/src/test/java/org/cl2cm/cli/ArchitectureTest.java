package org.cl2cm.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The borders between the modules. Each rule is also shown a class that breaks it, so that a rule
/// which no longer looks at anything is noticed.
class ArchitectureTest {
    private static final String ROOT = "org.cl2cm.";

    /// The fixtures play modules of their own, under another root.
    private static final String BROKEN = "org.cl2cm.cli.broken.";

    private static JavaClasses ours = new ClassFileImporter().importClasses();
    private static JavaClasses broken = new ClassFileImporter().importClasses();

    @BeforeAll
    static void read() {
        // The rules look at names only; following every type into libtorch takes minutes.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/cli/broken/")
                        && !location.contains("/fixture/")
                        && !location.contains("-tests.jar"))
                .importPackages("org.cl2cm");
        broken = new ClassFileImporter().importPackages("org.cl2cm.cli.broken");
    }

    private static ArchRule noCycles(String root) {
        return slices().matching(root + "(*)..").should().beFreeOfCycles();
    }

    private static ArchRule torchStaysInModelAndTrain(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(root + "model..", root + "train..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..");
    }

    private static ArchRule dataEvaluateAndSearchLoadNoNatives(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + "data..", root + "evaluate..", root + "search..", root + "opensearch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.bytedeco..", "ai.djl..", "ai.onnxruntime..", root + "model..", root + "train..");
    }

    /// The engine of a cluster is found when it is there; nobody needs it.
    private static ArchRule nobodyNamesTheEngineOfAnotherModule(String root) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(root + "opensearch..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(root + "opensearch..", "org.opensearch..");
    }

    private static ArchRule internalsStayInside(String root) {
        return com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes()
                .should(new ArchCondition<JavaClass>("use the internal packages of their own module only") {
                    @Override
                    public void check(JavaClass user, ConditionEvents events) {
                        for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                            JavaClass used = dependency.getTargetClass();
                            String module = module(used, root);
                            boolean internal = (used.getPackageName() + ".").startsWith(root + module + ".internal.");
                            if (internal && !module.equals(module(user, root))) {
                                events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                            }
                        }
                    }
                });
    }

    private static String module(JavaClass type, String root) {
        String name = type.getPackageName() + ".";
        return name.startsWith(root) ? name.substring(root.length(), name.indexOf('.', root.length())) : "";
    }

    private static void holds(ArchRule good, ArchRule bad, String culprit) {
        good.check(ours);
        assertThatThrownBy(() -> bad.check(broken))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(culprit);
    }

    @Test
    void seesEveryModule() {
        for (String module :
                new String[] {"data", "evaluate", "model", "search", "opensearch", "serve", "train", "cli"}) {
            assertThat(ours.that(
                            describe("in " + module, type -> module(type, ROOT).equals(module))))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void modulesHaveNoCycles() {
        holds(noCycles(ROOT), noCycles(BROKEN), "data");
    }

    @Test
    void torchIsImportedInModelAndTrainOnly() {
        holds(torchStaysInModelAndTrain(ROOT), torchStaysInModelAndTrain(BROKEN), "TensorInSearch");
    }

    @Test
    void dataEvaluateAndSearchAreFreeOfNatives() {
        holds(dataEvaluateAndSearchLoadNoNatives(ROOT), dataEvaluateAndSearchLoadNoNatives(BROKEN), "TensorInSearch");
    }

    @Test
    void theClusterIsReachedThroughTheEnginesInterface() {
        holds(nobodyNamesTheEngineOfAnotherModule(ROOT), nobodyNamesTheEngineOfAnotherModule(BROKEN), "UsesTheCluster");
    }

    @Test
    void nobodyImportsTheInternalsOfAnotherModule() {
        holds(internalsStayInside(ROOT), internalsStayInside(BROKEN), "UsesInternal");
    }
}
