package org.cl2cm.serve.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.cl2cm.data.DataException;

/// Who may read and who may write: bearer tokens (RFC 6750) of a file, or everybody everything.
///
/// Immutable. Only hashes of the tokens are kept, and comparing takes the same time whatever the
/// token is.
final class Access {
    private static final String SHA256 = "sha256:";
    private static final int SHORTEST = 16;
    private static final String CHALLENGE = "WWW-Authenticate";

    /// What a token is good for. Who may write may read.
    enum Scope {
        READ,
        WRITE
    }

    private record Token(Scope scope, byte[] sha256, Optional<Instant> expires) {}

    private final boolean everybody;
    private final List<Token> tokens;

    private Access(boolean everybody, List<Token> tokens) {
        this.everybody = everybody;
        this.tokens = List.copyOf(tokens);
    }

    static Access everybody() {
        return new Access(true, List.of());
    }

    /// Reads a file of lines `read|write TOKEN [EXPIRES]`. A token is a text of at least 16
    /// letters, or `sha256:` and the hash of one; a date is the last day, UTC. Empty lines and
    /// those that begin with `#` are passed over.
    ///
    /// @throws DataException naming the line that cannot be used, never the token
    static Access read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw DataException.in(file, "no such file of tokens", e);
        }
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                tokens.add(token(file, i + 1, line.split("\\s+", -1)));
            }
        }
        if (tokens.isEmpty()) {
            throw DataException.in(file, "holds no token; write lines such as \"read TOKEN 2030-12-31\"");
        }
        return new Access(false, tokens);
    }

    private static Token token(Path file, int line, String[] words) throws DataException {
        if (words.length < 2 || words.length > 3) {
            throw DataException.at(file, line, "a line is SCOPE TOKEN [EXPIRES], e.g. \"read TOKEN 2030-12-31\"");
        }
        Scope scope = switch (words[0].toLowerCase(Locale.ROOT)) {
            case "read" -> Scope.READ;
            case "write" -> Scope.WRITE;
            default ->
                throw DataException.at(file, line, "unknown scope \"" + words[0] + "\"; read and write are known");
        };
        Optional<Instant> expires = words.length == 3 ? Optional.of(expires(file, line, words[2])) : Optional.empty();
        return new Token(scope, hash(file, line, words[1]), expires);
    }

    private static byte[] hash(Path file, int line, String token) throws DataException {
        if (!token.startsWith(SHA256)) {
            if (token.length() < SHORTEST) {
                throw DataException.at(
                        file, line, "the token is shorter than " + SHORTEST + " letters and could be guessed");
            }
            return sha256(token);
        }
        String hex = token.substring(SHA256.length());
        if (!hex.matches("[0-9a-fA-F]{64}")) {
            throw DataException.at(file, line, "after sha256: 64 hexadecimal digits are needed");
        }
        return HexFormat.of().parseHex(hex);
    }

    private static Instant expires(Path file, int line, String text) throws DataException {
        try {
            return text.indexOf('T') > 0
                    ? Instant.parse(text)
                    : LocalDate.parse(text)
                            .plusDays(1)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant();
        } catch (DateTimeParseException e) {
            throw new DataException(
                    file + ":" + line + ": \"" + text + "\" is no date; write e.g. 2030-12-31 or 2030-12-31T12:00:00Z",
                    e);
        }
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean isEverybody() {
        return everybody;
    }

    /// @param authorization the header, where there is one
    /// @throws Problem 401 without a token that is valid, 403 when it is not good for `needed`
    void check(Optional<String> authorization, Scope needed, Instant now) {
        if (everybody) {
            return;
        }
        String[] words = authorization.orElse("").strip().split("\\s+", -1);
        if (words.length != 2 || !words[0].equalsIgnoreCase("bearer")) {
            throw Problem.of(Problem.Kind.UNAUTHORIZED, "send the header \"Authorization: Bearer TOKEN\"")
                    .with(CHALLENGE, "Bearer");
        }
        byte[] given = sha256(words[1]);
        Optional<Token> found = Optional.empty();
        for (Token token : tokens) {
            // Every token is compared, to the end.
            if (MessageDigest.isEqual(token.sha256, given)) {
                found = Optional.of(token);
            }
        }
        Token token = found.orElseThrow(() -> invalid("the token is not known"));
        if (token.expires.filter(end -> !now.isBefore(end)).isPresent()) {
            throw invalid("the token has expired");
        }
        if (needed == Scope.WRITE && token.scope != Scope.WRITE) {
            throw Problem.of(Problem.Kind.FORBIDDEN, "the token may read, not write")
                    .with(CHALLENGE, "Bearer error=\"insufficient_scope\", scope=\"write\"");
        }
    }

    private static Problem invalid(String reason) {
        return Problem.of(Problem.Kind.UNAUTHORIZED, reason).with(CHALLENGE, "Bearer error=\"invalid_token\"");
    }
}
