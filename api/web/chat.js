// The chat in the browser. Everything shown is put in as text, never as markup; answers are laid out as answer.html does.
(function () {
  'use strict';
  var PATIENCE_MS = 20000, SLOW_MS = 6000, KEPT = 30;
  var byId = function (id) { return document.getElementById(id); };

  var print = byId('print');
  if (print) {
    print.hidden = false;
    print.addEventListener('click', function () { window.print(); });
  }
  var form = byId('ask');
  if (!form || !window.fetch || !window.AbortController || !document.body.append) { return; }
  var log = byId('log'), question = byId('question'), send = byId('send'), conversation = byId('conversation');
  var commune = byId('commune'), team = byId('team');
  var busy = false, kept = [];

  // Storage can be switched off; the chat works without.
  function recall(store, key) { try { return window[store].getItem('motcua.' + key); } catch (e) { return null; } }
  function keep(store, key, value) {
    try {
      if (value) { window[store].setItem('motcua.' + key, value); } else { window[store].removeItem('motcua.' + key); }
    } catch (e) { /* full or forbidden: the page itself still holds it */ }
  }

  function el(tag, attributes) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) { node.setAttribute(name, attributes[name]); });
    for (var i = 2; i < arguments.length; i++) { if (arguments[i]) { node.append(arguments[i]); } }
    return node;
  }
  function button(text, kind, act) {
    var node = el('button', { type: 'button', 'class': kind }, text);
    node.addEventListener('click', function () { act(node); });
    return node;
  }
  function day(iso) { return iso.split('-').reverse().map(Number).join('/'); }

  // ---- an answer ----

  function leadOf(answer) {
    var first = answer.items[0], text = answer.text;
    if (first) {
      var at = text.indexOf(first.kind === 'procedure' ? first.title.toUpperCase() : first.title);
      text = at > 0 ? text.slice(0, at) : '';
    }
    var parts = text.trim().split('\n\n').filter(Boolean);
    return answer.options.length && !first ? parts.slice(0, -1) : parts;
  }
  function textOf(text, into) {
    var list = null;
    text.split('\n').forEach(function (line) {
      if (!line.trim()) { return; }
      if (line.indexOf('• ') === 0) {
        if (!list) { list = into.appendChild(el('ul')); }
        list.append(el('li', {}, line.slice(2)));
      } else {
        list = null;
        into.append(el('p', {}, line));
      }
    });
  }
  function sourceOf(source) {
    var isLink = /^https?:\/\//.test(source.url || '');
    var title = isLink ? el('a', { href: source.url, target: '_blank', rel: 'noopener noreferrer' }, source.title,
      el('span', { 'class': 'unseen' }, ' (mở trang mới)')) : source.title;
    return el('p', { 'class': 'source' }, 'Nguồn: ', title,
      source.updated_at && el('span', { 'class': 'date' }, 'Cập nhật ' + day(source.updated_at)),
      source.verified_on && el('span', { 'class': 'date' }, 'Kiểm tra lại ngày ' + day(source.verified_on)));
  }
  function itemOf(item) {
    var section = el('section', { 'class': 'item' }, el('h2', {}, item.title));
    item.blocks.forEach(function (block) {
      if (item.kind === 'procedure') {
        section.append(el('h3', {}, block.heading, block.case && ' ', block.case && el('span', { 'class': 'case' }, block.case)));
      }
      textOf(block.text, section);
    });
    item.sources.forEach(function (source) { section.append(sourceOf(source)); });
    if (item.kind === 'procedure') {
      var address = '/thu-tuc/' + encodeURIComponent(item.code);
      section.append(el('p', {}, el('a', { 'class': 'whole', href: address }, 'Xem đủ thủ tục này, in ra')));
    }
    return section;
  }
  function choicesOf(label, choices) {
    var group = el('div', { 'class': 'choices', role: 'group', 'aria-label': label });
    choices.forEach(function (choice) {
      group.append(button(choice.title, 'choice', function () { ask(choice.title, choice.code); }));
    });
    return group;
  }
  function answerOf(answer) {
    var urgent = answer.status === 'emergency';
    var article = el('article', { 'class': urgent ? 'answer urgent' : 'answer' });
    leadOf(answer).forEach(function (paragraph) { article.append(el('p', {}, paragraph)); });
    if (urgent) {
      var calls = el('p', { 'class': 'choices' });
      (answer.text.match(/\b11[345]\b/g) || []).filter(function (n, i, all) { return all.indexOf(n) === i; })
        .forEach(function (n) { calls.append(el('a', { 'class': 'choice', href: 'tel:' + n }, 'Gọi ' + n)); });
      article.append(calls);
    }
    answer.items.forEach(function (item) { article.append(itemOf(item)); });
    if (answer.options.length) { article.append(choicesOf('Chọn một việc', answer.options)); }
    if (answer.suggestions.length) {
      article.append(choicesOf('Hỏi tiếp', answer.suggestions.map(function (s) { return { code: s, title: s }; })));
    }
    article.append(toolsOf(answer, article));
    return article;
  }

  // ---- rating and reading aloud ----

  function rate(answer, rating, comment) {
    return post('/v1/feedback', { answer_id: answer.answer_id, rating: rating, comment: comment || null });
  }
  function toolsOf(answer, article) {
    var tools = el('div', { 'class': 'tools' });
    var thanks = el('span', { role: 'status' });
    function pressed(node, rating) {
      rate(answer, rating).then(function () {
        [up, down].forEach(function (one) { one.setAttribute('aria-pressed', String(one === node)); });
        thanks.textContent = 'Cảm ơn bà con.';
        if (rating === 'down' && !tools.querySelector('.comment')) { tools.append(commentOf(answer, thanks)); }
      }, function () { thanks.textContent = 'Chưa gửi được, bà con bấm lại giúp.'; });
    }
    var up = button('👍 Đúng ý', 'tool', function (n) { pressed(n, 'up'); });
    var down = button('👎 Chưa đúng', 'tool', function (n) { pressed(n, 'down'); });
    tools.append(up, down, thanks);
    whenVoiced(function () { tools.insertBefore(readerOf(article), thanks); });
    return tools;
  }
  function commentOf(answer, thanks) {
    var id = 'comment-' + answer.answer_id, input = el('input', { id: id, maxlength: 500, autocomplete: 'off' });
    var box = el('form', { 'class': 'comment' }, el('label', { 'for': id }, 'Sai hay khó hiểu ở đâu ạ? Không viết cũng được.'), input,
      el('button', { 'class': 'tool' }, 'Gửi'));
    box.addEventListener('submit', function (event) {
      event.preventDefault();
      rate(answer, 'down', input.value.trim()).then(function () {
        box.remove();
        thanks.textContent = 'Đã gửi góp ý. Cảm ơn bà con.';
      }, function () { thanks.textContent = 'Chưa gửi được, bà con bấm lại giúp.'; });
    });
    return box;
  }
  function hasVoice() {
    return window.speechSynthesis && speechSynthesis.getVoices().some(function (v) { return /^vi\b/i.test(v.lang); });
  }
  function whenVoiced(act) {
    if (hasVoice()) { act(); return; }
    // Browsers load their voices late, and tell when they have.
    if (window.speechSynthesis && speechSynthesis.addEventListener) {
      speechSynthesis.addEventListener('voiceschanged', function once() {
        if (hasVoice()) { speechSynthesis.removeEventListener('voiceschanged', once); act(); }
      });
    }
  }
  function readerOf(article) {
    return button('Đọc to', 'tool', function (node) {
      var reading = node.getAttribute('aria-pressed') === 'true';
      speechSynthesis.cancel();
      if (reading) { return; }
      var words = Array.from(article.querySelectorAll('p:not(.source), h2, h3, li, .choices button'))
        .filter(function (part) { return !part.querySelector('a'); })
        .map(function (part) { return part.textContent.replace(/[.?!:]*$/, '.'); });
      var speech = new SpeechSynthesisUtterance(words.join(' '));
      speech.lang = 'vi-VN';
      speech.onstart = function () { node.setAttribute('aria-pressed', 'true'); node.textContent = 'Dừng đọc'; };
      speech.onend = speech.onerror = function () { node.setAttribute('aria-pressed', 'false'); node.textContent = 'Đọc to'; };
      speechSynthesis.speak(speech);
    });
  }

  // ---- asking ----

  // Fails with what to tell the person: `detail` from the server, or nothing where the network is at fault.
  function post(path, body) {
    var control = new AbortController(), timer = setTimeout(function () { control.abort(); }, PATIENCE_MS);
    return fetch(path, {
      method: 'POST', body: JSON.stringify(body), signal: control.signal, credentials: 'omit',
      headers: { 'Content-Type': 'application/json', 'X-Chat-Channel': 'web' }
    }).then(function (response) {
      if (response.status === 204) { return null; }
      return response.json().then(function (json) { if (response.ok) { return json; } throw { detail: json.detail }; });
    }).then(function (result) { clearTimeout(timer); return result; }, function (error) {
      clearTimeout(timer);
      throw { detail: error && error.detail, late: control.signal.aborted };
    });
  }
  function setBusy(value) {
    busy = value;
    send.setAttribute('aria-disabled', String(value));
  }
  function show(node) { log.append(node); return node; }
  function asked(text) {
    return show(el('p', { 'class': 'asked' }, el('span', { 'class': 'unseen' }, 'Bà con hỏi: '), text));
  }
  // `code` is sent in place of the text where a button stands for it.
  function ask(text, code, earlier) {
    if (busy) { return; }
    var fromLog = log.contains(document.activeElement);
    var shown = earlier || asked(text);
    var pending = show(el('p', { 'class': 'pending' }, 'Đang tìm…'));
    var slow = setTimeout(function () { pending.textContent = 'Mạng chậm, bà con chờ thêm một chút…'; }, SLOW_MS);
    setBusy(true);
    shown.scrollIntoView({ block: 'start' });
    post('/v1/ask', {
      question: code || text, conversation_id: conversation.value || null, commune: commune.value || null,
      audience: team.checked ? 'team' : 'resident'
    }).then(function (answer) {
      conversation.value = answer.conversation_id;
      keep('sessionStorage', 'conversation', answer.conversation_id);
      keep('sessionStorage', 'draft', question.value);
      remember(text, answer);
      var article = show(answerOf(answer));
      shown.scrollIntoView({ block: 'start' });
      if (fromLog) { focusOn(article.firstElementChild); }
    }).catch(function (error) { fail(error, text, code, shown); }).then(function () {
      clearTimeout(slow);
      pending.remove();
      setBusy(false);
    });
  }
  function focusOn(node) {
    node.setAttribute('tabindex', '-1');
    node.focus({ preventScroll: true });
  }
  function fail(error, text, code, shown) {
    var why = error.detail || (navigator.onLine === false ? 'Điện thoại đang mất mạng. Câu hỏi vẫn còn đây.'
      : error.late ? 'Mạng chậm quá nên chưa có câu trả lời. Câu hỏi vẫn còn đây.'
        : 'Chưa gửi được câu hỏi. Câu hỏi vẫn còn đây.');
    if (!code && !question.value) { keep('sessionStorage', 'draft', text); } // should the page be loaded anew
    var box = show(el('div', { 'class': 'failed' }, el('p', {}, why)));
    box.append(button('Thử lại', 'choice', function () {
      if (busy) { return; }
      var hadFocus = box.contains(document.activeElement);
      box.remove();
      if (hadFocus) { focusOn(shown); }
      ask(text, code, shown);
    }));
  }
  function remember(text, answer) {
    kept = kept.concat([{ text: text, answer: answer }]).slice(-KEPT);
    keep('sessionStorage', 'log', JSON.stringify(kept));
  }
  function submit() {
    var text = question.value.trim();
    if (!text || busy) { return; }
    question.value = '';
    drafted();
    // On a phone the keyboard would cover the answer.
    if (window.matchMedia('(pointer: coarse)').matches) { question.blur(); }
    ask(text);
  }
  function drafted() {
    keep('sessionStorage', 'draft', question.value);
    question.style.height = 'auto';
    question.style.height = Math.min(question.scrollHeight + 2, innerHeight * .3) + 'px';
  }
  function forget() {
    var id = conversation.value;
    if (!id && !kept.length) { return; }
    if (!window.confirm('Xóa hết hội thoại này?')) { return; }
    var gone = id ? fetch('/v1/conversations/' + encodeURIComponent(id), { method: 'DELETE', credentials: 'omit' })
      .then(function (r) { if (!r.ok && r.status !== 404) { throw r; } }) : Promise.resolve();
    gone.then(function () {
      kept = [];
      conversation.value = '';
      ['conversation', 'log', 'draft'].forEach(function (key) { keep('sessionStorage', key, ''); });
      while (log.children.length > 1) { log.lastElementChild.remove(); }
      show(el('p', { 'class': 'notice' }, 'Đã xóa hội thoại.'));
      byId('settings').open = false;
      question.focus();
    }).catch(function () { show(el('p', { 'class': 'notice' }, 'Chưa xóa được. Bà con thử lại khi có mạng.')); });
  }

  // ---- start ----

  form.addEventListener('submit', function (event) { event.preventDefault(); submit(); });
  document.addEventListener('click', function (event) {
    // Buttons that the server put on the page, for browsers without script.
    var node = event.target.closest && event.target.closest('button[form=ask], #forget');
    if (!node || !node.name) { return; }
    event.preventDefault();
    if (node.name === 'forget') { forget(); }
    if (node.name === 'choice') { ask(node.textContent, node.value); }
    if (node.name === 'rating') { post('/v1/feedback', { answer_id: node.value.split(':')[1], rating: node.value.split(':')[0] }); }
  });
  question.addEventListener('input', drafted);
  question.addEventListener('keydown', function (event) {
    // isComposing: Enter that ends a word in an input method for Vietnamese.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
  });
  [[commune, 'value', 'commune'], [team, 'checked', 'team']].forEach(function (one) {
    var known = recall('localStorage', one[2]);
    if (known) { one[0][one[1]] = one[1] === 'checked' ? true : known; }
    one[0].addEventListener('change', function () { keep('localStorage', one[2], one[0][one[1]] ? String(one[0][one[1]]) : ''); });
  });
  conversation.value = recall('sessionStorage', 'conversation') || conversation.value;
  question.value = recall('sessionStorage', 'draft') || '';
  try { kept = JSON.parse(recall('sessionStorage', 'log') || '[]'); } catch (e) { kept = []; }
  log.setAttribute('aria-live', 'off');
  kept.forEach(function (one) { asked(one.text); show(answerOf(one.answer)); });
  if (kept.length) { log.lastElementChild.previousElementSibling.scrollIntoView({ block: 'start' }); }
  setTimeout(function () { log.setAttribute('aria-live', 'polite'); }, 500);
}());
