package org.cl2cm.model.translate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cl2cm.data.DataException;

/// How a model of several languages is told which ones are meant.
///
/// @param before tokens before the source
/// @param after tokens after the source and its end
/// @param first the token that must begin the translation, for models that are told the target there
record LanguageTokens(List<Integer> before, List<Integer> after, OptionalInt first) {
    /// Languages whose code has a form of its own in NLLB; `zh` is written in two scripts there.
    private static final Map<String, String> NLLB = Map.ofEntries(
            Map.entry("zh", "zho_Hans"),
            Map.entry("ar", "arb_Arab"),
            Map.entry("fa", "pes_Arab"),
            Map.entry("lv", "lvs_Latn"),
            Map.entry("ms", "zsm_Latn"),
            Map.entry("no", "nob_Latn"),
            Map.entry("sq", "als_Latn"),
            Map.entry("az", "azj_Latn"),
            Map.entry("uz", "uzn_Latn"),
            Map.entry("mn", "khk_Cyrl"),
            Map.entry("ne", "npi_Deva"),
            Map.entry("sw", "swh_Latn"),
            Map.entry("ps", "pbt_Arab"),
            Map.entry("or", "ory_Orya"),
            Map.entry("yi", "ydd_Hebr"),
            Map.entry("mg", "plt_Latn"),
            Map.entry("ku", "kmr_Latn"),
            Map.entry("pa", "pan_Guru"),
            Map.entry("sr", "srp_Cyrl"));

    /// A family of models, by the form of its language tokens.
    private enum Family {
        M2M100("__[a-z]{2,3}__"),
        NLLB("[a-z]{3}_[A-Z][a-z]{3}"),
        MBART("[a-z]{2,3}_[A-Z]{2}"),
        MARIAN(">>.+<<");

        private final Pattern form;

        Family(String form) {
            this.form = Pattern.compile(form);
        }
    }

    /// @param codes the model's own codes of languages, where the user names them, e.g. `zh` to
    ///     `zho_Hant`
    /// @param legacy whether the source's language stands after its end, as older NLLB tokenizers have
    ///     it
    /// @throws DataException when the model does not know a language; names some that it knows
    static LanguageTokens of(ModelTokens tokenizer, Map<String, String> codes, boolean legacy, String from, String to)
            throws DataException {
        for (Family family : new Family[] {Family.M2M100, Family.NLLB, Family.MBART}) {
            Set<String> known = matching(family, tokenizer.specialPieces());
            // A vocabulary may hold one word of this form by chance, but not two.
            if (known.size() > 1) {
                int source = id(tokenizer, family, known, codes, from);
                int target = id(tokenizer, family, known, codes, to);
                return legacy && family == Family.NLLB
                        ? new LanguageTokens(List.of(), List.of(source), OptionalInt.of(target))
                        : new LanguageTokens(List.of(source), List.of(), OptionalInt.of(target));
            }
        }
        Set<String> targets = matching(Family.MARIAN, tokenizer.allPieces());
        return targets.isEmpty()
                ? new LanguageTokens(List.of(), List.of(), OptionalInt.empty())
                : new LanguageTokens(
                        List.of(id(tokenizer, Family.MARIAN, targets, codes, to)), List.of(), OptionalInt.empty());
    }

    private static Set<String> matching(Family family, Iterable<String> pieces) {
        Set<String> matching = new TreeSet<>();
        for (String piece : pieces) {
            if (family.form.matcher(piece).matches()) {
                matching.add(piece);
            }
        }
        return matching;
    }

    private static int id(
            ModelTokens tokenizer, Family family, Set<String> known, Map<String, String> codes, String language)
            throws DataException {
        String code = codes.containsKey(language)
                ? written(family, String.valueOf(codes.get(language)))
                : likely(family, known, language);
        if (!known.contains(code)) {
            throw new DataException("the model has no language \"" + code + "\"; name its own code with --code "
                    + language + "=CODE, one of " + known.stream().limit(12).collect(Collectors.joining(", "))
                    + (known.size() > 12 ? " ..." : ""));
        }
        return tokenizer.id(code).orElseThrow();
    }

    private static String written(Family family, String code) {
        return switch (family) {
            case M2M100 -> code.startsWith("__") ? code : "__" + code + "__";
            case MARIAN -> code.startsWith(">>") ? code : ">>" + code + "<<";
            case NLLB, MBART -> code;
        };
    }

    private static String likely(Family family, Set<String> known, String language) {
        return switch (family) {
            case M2M100 -> "__" + language + "__";
            case NLLB ->
                NLLB.containsKey(language)
                        ? String.valueOf(NLLB.get(language))
                        : begins(known, threeLetters(language) + "_", language);
            case MBART -> begins(known, language + "_", language);
            case MARIAN -> {
                String two = ">>" + language + "<<";
                yield known.contains(two) ? two : ">>" + threeLetters(language) + "<<";
            }
        };
    }

    private static String begins(Set<String> known, String start, String otherwise) {
        return known.stream().filter(code -> code.startsWith(start)).findFirst().orElse(otherwise);
    }

    private static String threeLetters(String language) {
        try {
            return Locale.of(language).getISO3Language();
        } catch (MissingResourceException e) {
            return language;
        }
    }
}
