// The page's own words. A key that a language lacks is taken from English.
export const TEXTS = {
  en: {
    words: "What are you looking for?", search: "Search", picture: "Picture", more: "More", collection: "Collection",
    without: "Without", filter: "Filter", likely: "How likely", all: "everything", hybrid: "also words of the captions",
    next: "Show more", like: "Similar", close: "Close", token: "This server asks for a token", go: "Go on",
    drop: "Drop the picture here", remove: "Remove", likeOf: "Like %s", given: "Your picture",
    start: "Search with words in your own language, or drop or paste a picture.",
    nothing: "Nothing was found.", nothingFiltered: "Nothing was found that matches the filter.",
    nothingLikely: "Nothing was found that is likely enough.", none: "This server has no collection yet.",
    found: "%s results in %s ms", language: "language: %s",
    untrained: "The model was not trained for this language (%s): results may be poor.",
    background: "Results that are dimmed are hardly better than chance.", failed: "The server cannot be reached.",
    busy: "The server is busy. Try again in %s s.", big: "The picture is too large.",
    noWords: "This collection cannot be searched with words, only with “similar”.",
    moment: "%s to %s", from: "from", to: "to",
  },
  de: {
    words: "Was suchst du?", search: "Suchen", picture: "Bild", more: "Mehr", collection: "Sammlung", without: "Ohne",
    filter: "Filter", likely: "Wie wahrscheinlich", all: "alles", hybrid: "auch Wörter der Bildtexte",
    next: "Mehr zeigen", like: "Ähnliche", close: "Schließen", token: "Dieser Server verlangt ein Token", go: "Weiter",
    drop: "Bild hier ablegen", remove: "Entfernen", likeOf: "Wie %s", given: "Dein Bild",
    start: "Suche mit Wörtern deiner Sprache, oder lege ein Bild ab oder füge es ein.",
    nothing: "Nichts gefunden.", nothingFiltered: "Nichts gefunden, das zum Filter passt.",
    nothingLikely: "Nichts gefunden, das wahrscheinlich genug ist.", none: "Dieser Server hat noch keine Sammlung.",
    found: "%s Ergebnisse in %s ms", language: "Sprache: %s",
    untrained: "Das Modell hat diese Sprache nicht gelernt (%s): die Ergebnisse können schlecht sein.",
    background: "Blasse Ergebnisse sind kaum besser als Zufall.", failed: "Der Server ist nicht erreichbar.",
    busy: "Der Server ist überlastet. Versuche es in %s s wieder.", big: "Das Bild ist zu groß.",
    noWords: "Diese Sammlung kann nicht mit Wörtern durchsucht werden.", moment: "%s bis %s",
    from: "von", to: "bis",
  },
  es: {
    words: "¿Qué buscas?", search: "Buscar", picture: "Imagen", more: "Más", collection: "Colección", without: "Sin",
    filter: "Filtro", likely: "Probabilidad", all: "todo", hybrid: "también palabras de los pies de foto",
    next: "Mostrar más", like: "Parecidas", close: "Cerrar", token: "Este servidor pide un token", go: "Continuar",
    drop: "Suelta la imagen aquí", remove: "Quitar", likeOf: "Como %s", given: "Tu imagen",
    start: "Busca con palabras de tu idioma, o suelta o pega una imagen.", nothing: "No se encontró nada.",
    nothingFiltered: "No se encontró nada que cumpla el filtro.",
    nothingLikely: "No se encontró nada bastante probable.", none: "Este servidor aún no tiene colecciones.",
    found: "%s resultados en %s ms", language: "idioma: %s",
    untrained: "El modelo no aprendió este idioma (%s): los resultados pueden ser malos.",
    background: "Los resultados atenuados apenas superan el azar.", failed: "No se puede conectar con el servidor.",
    busy: "El servidor está ocupado. Inténtalo en %s s.", big: "La imagen es demasiado grande.",
    noWords: "Esta colección no se puede buscar con palabras.", moment: "%s a %s",
    from: "desde", to: "hasta",
  },
  zh: {
    words: "您想找什么？", search: "搜索", picture: "图片", more: "更多选项", collection: "图库", without: "不含",
    filter: "筛选", likely: "可能性", all: "全部", hybrid: "同时搜索图片说明", next: "显示更多", like: "类似",
    close: "关闭", token: "此服务器需要令牌", go: "继续", drop: "将图片拖放到这里", remove: "移除", likeOf: "类似 %s",
    given: "您的图片", start: "用您自己的语言搜索，或拖放、粘贴一张图片。", nothing: "没有找到结果。",
    nothingFiltered: "没有符合筛选条件的结果。", nothingLikely: "没有足够可能的结果。", none: "此服务器还没有图库。",
    found: "%s 个结果，用时 %s 毫秒", language: "语言：%s", untrained: "模型没有学过这种语言（%s），结果可能不好。",
    background: "变暗的结果几乎不比随机好。", failed: "无法连接服务器。", busy: "服务器繁忙，请在 %s 秒后重试。",
    big: "图片太大。", noWords: "此图库不能用文字搜索。", moment: "%s 至 %s", from: "从", to: "至",
  },
  ar: {
    words: "عمّ تبحث؟", search: "بحث", picture: "صورة", more: "المزيد", collection: "المجموعة", without: "بدون",
    filter: "تصفية", likely: "الاحتمال", all: "الكل", hybrid: "كلمات التعليقات أيضًا", next: "عرض المزيد",
    like: "مشابه", close: "إغلاق", token: "هذا الخادم يطلب رمزًا", go: "متابعة", drop: "أفلت الصورة هنا",
    remove: "إزالة", likeOf: "مثل %s", given: "صورتك", start: "ابحث بكلمات من لغتك، أو أفلت صورة أو الصقها.",
    nothing: "لم يُعثر على شيء.", nothingFiltered: "لا شيء يطابق التصفية.", nothingLikely: "لا شيء محتمل بما يكفي.",
    none: "لا توجد مجموعات على هذا الخادم بعد.", found: "%s نتيجة في %s مللي ثانية", language: "اللغة: %s",
    untrained: "لم يتعلم النموذج هذه اللغة (%s)، وقد تكون النتائج ضعيفة.",
    background: "النتائج الباهتة بالكاد أفضل من الصدفة.", failed: "لا يمكن الوصول إلى الخادم.",
    busy: "الخادم مشغول. حاول بعد %s ثانية.", big: "الصورة كبيرة جدًا.",
    noWords: "لا يمكن البحث في هذه المجموعة بالكلمات.", moment: "%s إلى %s", from: "من", to: "إلى",
  },
};

export const LANGUAGE =
  navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in TEXTS) ?? "en";

export function text(key, ...values) {
  const template = TEXTS[LANGUAGE][key] ?? TEXTS.en[key];
  return values.reduce((line, value) => line.replace("%s", () => String(value)), template);
}
