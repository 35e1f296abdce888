import { describe, expect, test } from 'vitest';
import { parseConversation } from './parse-conversation.ts';

const text = (value: string) => ({ kind: 'text', text: value });
const input = (value: unknown) => parseConversation(value, undefined).input;
const output = (value: unknown) => parseConversation(undefined, value).output;

const image = (url: string) =>
  input([{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }])[0]?.parts[0];

describe('parseConversation() plain', () => {
  test('takes a text as the user, an answer as the assistant', () => {
    expect(parseConversation('Hello', 'Hi there')).toEqual({
      input: [{ role: 'user', name: null, parts: [text('Hello')] }],
      output: [{ role: 'assistant', name: null, parts: [text('Hi there')] }],
      tools: [],
    });
  });

  test('is empty where nothing was captured', () => {
    expect(parseConversation(undefined, null)).toEqual({ input: [], output: [], tools: [] });
  });

  test('reads messages that were sent as JSON text', () => {
    expect(input('[{"role":"user","content":"Hello"}]')).toEqual([
      { role: 'user', name: null, parts: [text('Hello')] },
    ]);
  });

  test('leaves a text that only looks like JSON as it is', () => {
    expect(input('{not json')).toEqual([{ role: 'user', name: null, parts: [text('{not json')] }]);
  });

  test('hides nothing: a shape it does not know stays JSON', () => {
    expect(input({ query: 'x', k: 3 })).toEqual([
      { role: 'user', name: null, parts: [{ kind: 'json', value: { query: 'x', k: 3 } }] },
    ]);
    expect(output(42)).toEqual([
      { role: 'assistant', name: null, parts: [{ kind: 'json', value: 42 }] },
    ]);
  });
});

describe('parseConversation() OpenAI', () => {
  test('chat messages with tool calls, their arguments read as JSON', () => {
    expect(
      input({
        model: 'gpt-5',
        tools: [{ type: 'function', function: { name: 'web_search' } }],
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', name: 'ann', content: [{ type: 'text', text: 'Look it up' }] },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'c1',
                type: 'function',
                function: { name: 'web_search', arguments: '{"q":1}' },
              },
            ],
          },
          { role: 'tool', tool_call_id: 'c1', content: '3 hits' },
        ],
      }),
    ).toEqual([
      { role: 'developer', name: null, parts: [text('Be brief.')] },
      { role: 'user', name: 'ann', parts: [text('Look it up')] },
      {
        role: 'assistant',
        name: null,
        parts: [{ kind: 'tool_call', id: 'c1', name: 'web_search', input: { q: 1 } }],
      },
      {
        role: 'tool',
        name: null,
        parts: [{ kind: 'tool_result', id: 'c1', content: '3 hits', failed: false }],
      },
    ]);
  });

  test('a completion, with the tools it was offered', () => {
    const { output: answered, tools } = parseConversation(
      { messages: [], tools: [{ type: 'function', function: { name: 'f' } }, { type: 'web' }] },
      {
        choices: [
          { message: { role: 'assistant', reasoning_content: 'Hm.', content: 'Yes' } },
          { message: { role: 'assistant', content: null, refusal: 'No' } },
        ],
      },
    );
    expect(answered).toEqual([
      { role: 'assistant', name: null, parts: [{ kind: 'thinking', text: 'Hm.' }, text('Yes')] },
      { role: 'assistant', name: null, parts: [text('No')] },
    ]);
    expect(tools).toEqual(['f', 'web']);
  });

  test('broken arguments stay the text they are', () => {
    const calls = [{ id: 'c', function: { name: 'f', arguments: '{"q":' } }];
    expect(output({ role: 'assistant', tool_calls: calls })[0]?.parts).toEqual([
      { kind: 'tool_call', id: 'c', name: 'f', input: '{"q":' },
    ]);
  });

  test('responses: instructions, items, reasoning and calls', () => {
    const { input: sent, output: answered } = parseConversation(
      {
        instructions: 'Be kind.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c1', output: 'ok' },
        ],
      },
      {
        output: [
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Think.' }] },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yo' }] },
        ],
      },
    );
    expect(sent.map((message) => [message.role, message.parts[0]?.kind])).toEqual([
      ['system', 'text'],
      ['user', 'text'],
      ['assistant', 'tool_call'],
      ['tool', 'tool_result'],
    ]);
    expect(answered).toEqual([
      { role: 'assistant', name: null, parts: [{ kind: 'thinking', text: 'Think.' }] },
      { role: 'assistant', name: null, parts: [text('Yo')] },
    ]);
  });

  test('names an image by its type or address, never its bytes', () => {
    expect(image('data:image/png;base64,AAAA')).toEqual({
      kind: 'media',
      what: 'image, image/png',
    });
    expect(image('https://x.io/a.png')).toEqual({
      kind: 'media',
      what: 'image, https://x.io/a.png',
    });
  });
});

describe('parseConversation() Anthropic', () => {
  test('a request with system, tool use and tool result', () => {
    expect(
      input({
        system: [{ type: 'text', text: 'You research.' }],
        messages: [
          { role: 'user', content: 'Go' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'First search.' },
              { type: 'tool_use', id: 't1', name: 'search', input: { q: 'acme' } },
            ],
          },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 't1',
                is_error: true,
                content: [{ type: 'text', text: 'timed out' }],
              },
            ],
          },
        ],
      }),
    ).toEqual([
      { role: 'system', name: null, parts: [text('You research.')] },
      { role: 'user', name: null, parts: [text('Go')] },
      {
        role: 'assistant',
        name: null,
        parts: [
          { kind: 'thinking', text: 'First search.' },
          { kind: 'tool_call', id: 't1', name: 'search', input: { q: 'acme' } },
        ],
      },
      {
        role: 'user',
        name: null,
        parts: [{ kind: 'tool_result', id: 't1', content: 'timed out', failed: true }],
      },
    ]);
  });

  test('an answer whole, or only its list of parts', () => {
    const parts = [
      { type: 'text', text: 'I will search.' },
      { type: 'tool_use', id: 't1', name: 'search', input: {} },
    ];
    const expected = [
      {
        role: 'assistant',
        name: null,
        parts: [text('I will search.'), { kind: 'tool_call', id: 't1', name: 'search', input: {} }],
      },
    ];
    expect(output({ role: 'assistant', content: parts, stop_reason: 'tool_use' })).toEqual(
      expected,
    );
    expect(output(parts)).toEqual(expected);
  });
});

test('parseConversation() reads Gemini contents and candidates', () => {
  const { input: sent, output: answered } = parseConversation(
    {
      systemInstruction: { parts: [{ text: 'Short.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/webp' } }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { b: 2 } } }] },
      ],
    },
    { candidates: [{ content: { role: 'model', parts: [{ text: 'Done' }] } }] },
  );
  expect(sent).toEqual([
    { role: 'system', name: null, parts: [text('Short.')] },
    { role: 'user', name: null, parts: [text('Hi'), { kind: 'media', what: 'data, image/webp' }] },
    {
      role: 'assistant',
      name: null,
      parts: [{ kind: 'tool_call', id: null, name: 'f', input: { a: 1 } }],
    },
    {
      role: 'user',
      name: null,
      parts: [{ kind: 'tool_result', id: 'f', content: { b: 2 }, failed: false }],
    },
  ]);
  expect(answered).toEqual([{ role: 'assistant', name: null, parts: [text('Done')] }]);
});
