package org.cl2cm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The page of the configuration names what there is, and nothing else.
class ConfigurationPageTest {
    private static final Path ROOT = Path.of(System.getProperty("cl2cm.root", ".."));
    private static final Path PAGE = ROOT.resolve("docs/reference/configuration.md");
    private static final Pattern VARIABLE = Pattern.compile("\\bCL2CM_[A-Z_]*[A-Z]\\b");
    private static final Set<String> HELP = Set.of("--help", "--version");

    /// First and third column of the rows of the page that describe an option, by the option.
    private static Map<String, String> options() throws IOException {
        Map<String, String> options = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            String[] cells = line.split("(?<!\\\\)\\|", -1);
            Matcher option = cells.length < 5
                    ? Pattern.compile("x").matcher("")
                    : Pattern.compile("`(--[a-z-]+)[^`]*`").matcher(cells[1].strip());
            if (option.matches()) {
                assertThat(options.put(option.group(1), cells[3].strip()))
                        .as(option.group(1) + " is described twice")
                        .isNull();
            }
        }
        return options;
    }

    @Test
    void everyOptionOfServeIsOnThePageWithItsDefault() throws IOException {
        Map<String, String> page = options();
        Set<String> there = new TreeSet<>();
        for (OptionSpec option :
                new CommandLine(new ServeCommand()).getCommandSpec().options()) {
            String name = option.longestName();
            if (!HELP.contains(name)) {
                there.add(name);
                assertThat(page).containsKey(name);
                Optional.ofNullable(option.defaultValue())
                        .ifPresent(
                                value -> assertThat(page.getOrDefault(name, "").replace("`", ""))
                                        .as(name)
                                        .isEqualTo(value));
            }
        }
        assertThat(page.keySet()).isEqualTo(there);
    }

    @Test
    void boundsOnThePageAreThoseThatHold() throws IOException {
        List<String> wrong = new ArrayList<>();
        Pattern bounds = Pattern.compile("\\| `(--[a-z-]+) [A-Z]+` \\|.*\\| (\\d+) to (\\d+)[^|]*\\|");
        int checked = 0;
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = bounds.matcher(line);
            if (row.matches()) {
                for (long beyond : List.of(Long.parseLong(row.group(2)) - 1, Long.parseLong(row.group(3)) + 1)) {
                    Said said = Said.by("serve", row.group(1) + "=" + beyond, "--collections", "/nowhere");
                    if (said.exit() != ExitCode.USAGE) {
                        wrong.add(row.group(1) + " " + beyond + " is taken");
                    }
                }
                checked++;
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isEqualTo(10);
    }

    @Test
    void everyVariableIsOnThePageAndIsThere() throws IOException {
        Set<String> used = new TreeSet<>();
        List<Path> files = new ArrayList<>(
                List.of(ROOT.resolve("cl2cm"), ROOT.resolve("bench/run"), ROOT.resolve("operations/cl2cm.service")));
        for (String module :
                List.of("data", "evaluate", "model", "search", "search-opensearch", "train", "serve", "cli")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src"))) {
                sources.filter(file ->
                                file.toString().endsWith(".java") && !file.endsWith("ConfigurationPageTest.java"))
                        .forEach(files::add);
            }
        }
        for (Path file : files) {
            Matcher variable = VARIABLE.matcher(Files.readString(file));
            while (variable.find()) {
                used.add(variable.group());
            }
        }
        Set<String> described = new TreeSet<>();
        Matcher variable = VARIABLE.matcher(Files.readString(PAGE));
        while (variable.find()) {
            described.add(variable.group());
        }
        assertThat(described).isEqualTo(used);
    }
}
