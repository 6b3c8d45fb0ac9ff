package org.cl2cm.data.translate;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.Set;
import org.cl2cm.data.DataException;

/// The command `apertium`: translation by rules and dictionaries, on this machine.
public final class ApertiumTranslator implements Translator {
    private final String program;
    private final String version;
    private final ProgramCall call;
    private final String mode;

    private ApertiumTranslator(String program, String version, String mode, Duration limit) {
        this.program = program;
        this.version = version;
        this.mode = mode;
        this.call = call(List.of(program, mode), limit);
    }

    /// @param program `apertium`, or a path of it
    /// @param limit for one batch
    /// @throws DataException when the program is missing or has no such direction; names those it has
    public static ApertiumTranslator open(String program, String from, String to, Duration limit) throws IOException {
        Set<String> installed = new LinkedHashSet<>();
        try {
            call(List.of(program, "-l"), limit)
                    .output("")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(installed::add);
        } catch (DataException e) {
            throw new DataException(
                    e.getMessage() + "; install Apertium and the language pair (Debian: apertium apertium-eng-spa)", e);
        }
        String mode = modes(from, to).stream()
                .filter(installed::contains)
                .findFirst()
                .orElseThrow(() -> new DataException("Apertium has no direction " + from + "-" + to + "; it has "
                        + String.join(", ", installed)
                        + "; install the language pair (Debian: apertium-eng-spa and others)"));
        return new ApertiumTranslator(program, version(program, limit), mode, limit);
    }

    private static ProgramCall call(List<String> command, Duration limit) {
        // Older ones read and write UTF-8 in such a locale only.
        return new ProgramCall(command, Map.of("LC_ALL", "C.UTF-8"), limit);
    }

    private static String version(String program, Duration limit) throws IOException {
        try {
            return PlainText.line(call(List.of(program, "-V"), limit).output(""));
        } catch (TranslationException e) {
            // Older ones do not tell.
            return "?";
        }
    }

    /// The names that a direction may have: with codes of two and of three letters.
    static List<String> modes(String from, String to) {
        Set<String> names = new LinkedHashSet<>();
        for (String source : List.of(from, threeLetters(from))) {
            for (String target : List.of(to, threeLetters(to))) {
                names.add(source + "-" + target);
            }
        }
        return List.copyOf(names);
    }

    static String threeLetters(String language) {
        try {
            String code = java.util.Locale.of(language).getISO3Language();
            return code.isEmpty() ? language : code;
        } catch (MissingResourceException e) {
            return language;
        }
    }

    @Override
    public String identity() {
        return "apertium " + mode + " " + version;
    }

    @Override
    public List<Translation> translate(List<String> texts) throws IOException {
        return ApertiumText.cut(
                call.output(ApertiumText.join(texts)), texts.size(), "\"" + program + " " + mode + "\"");
    }

    @Override
    public void close() {}
}
