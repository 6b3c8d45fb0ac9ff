package org.cl2cm.data.translate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Any program that reads one text a line and writes one translation a line, UTF-8. It is started once
/// a batch, gets the whole batch, and its input is closed then; so a program that loads a large model
/// wants large batches.
public final class ProgramTranslator implements Translator {
    private final ProgramCall call;
    private final String direction;

    /// @param command the program and its arguments, as [#words] cuts them
    /// @param direction e.g. `en-es`; the program itself has to know what it translates
    /// @param limit for one batch
    public ProgramTranslator(List<String> command, String direction, Duration limit) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("no program is named");
        }
        this.call = new ProgramCall(List.copyOf(command), Map.of(), limit);
        this.direction = direction;
    }

    /// Cuts a command line at spaces. Single or double quotes keep spaces together, a backslash
    /// outside of single quotes keeps the next character as it is. There are no variables, no patterns
    /// and no pipes.
    ///
    /// @throws IllegalArgumentException when a quote is not closed
    public static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char letter = command.charAt(i);
            if (letter == '\\' && quote != '\'' && i + 1 < command.length()) {
                word.append(command.charAt(++i));
                inWord = true;
            } else if (quote != 0) {
                if (letter == quote) {
                    quote = 0;
                } else {
                    word.append(letter);
                }
            } else if (letter == '\'' || letter == '"') {
                quote = letter;
                inWord = true;
            } else if (!Character.isWhitespace(letter)) {
                word.append(letter);
                inWord = true;
            } else if (inWord) {
                words.add(word.toString());
                word.setLength(0);
                inWord = false;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("the quote " + quote + " is not closed in: " + command);
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    @Override
    public String identity() {
        return "program " + direction + " " + String.join("\u0001", call.command());
    }

    @Override
    public List<Translation> translate(List<String> texts) throws IOException {
        String output = call.output(String.join("\n", texts) + "\n");
        List<String> lines = new ArrayList<>(List.of(output.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        if (lines.size() != texts.size()) {
            throw new TranslationException("\"" + String.join(" ", call.command()) + "\" wrote " + lines.size()
                    + " lines for " + texts.size() + " texts");
        }
        return lines.stream().map(Translation::new).toList();
    }

    @Override
    public void close() {}
}
