package main

import (
	"sort"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

type wordAnswer struct {
	Value     string   `json:"value"`
	Words     []string `json:"words"`
	Matched   []string `json:"matched"`
	Unmatched []string `json:"unmatched"`
	Error     string   `json:"error,omitempty"`
	// ProcessWords may fail where ProcessWord does not.
	WordsError string `json:"wordsError,omitempty"`
}

func answerWords(req request) any {
	answers := make([]wordAnswer, len(req.Words))
	env := make([]string, 0, len(req.Env))
	for key, value := range req.Env {
		env = append(env, key+"="+value)
	}
	getter := shell.EnvsFromSlice(env)
	for i, word := range req.Words {
		answers[i] = answerWord(req, word, getter)
	}
	return map[string]any{"words": answers}
}

func answerWord(req request, word string, env shell.EnvGetter) wordAnswer {
	lex := shell.NewLex([]rune(req.Escape)[0])
	lex.SkipProcessQuotes = req.KeepQuotes
	answer := wordAnswer{Words: []string{}}
	result, err := lex.ProcessWordWithMatches(word, env)
	answer.Matched = keys(result.Matched)
	answer.Unmatched = keys(result.Unmatched)
	if err != nil {
		answer.Error = err.Error()
	} else {
		answer.Value = result.Result
	}
	words, err := lex.ProcessWords(word, env)
	if err != nil {
		answer.WordsError = err.Error()
	} else if words != nil {
		answer.Words = words
	}
	return answer
}

func keys(set map[string]struct{}) []string {
	list := make([]string, 0, len(set))
	for key := range set {
		list = append(list, key)
	}
	sort.Strings(list)
	return list
}
