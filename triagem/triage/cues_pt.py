"""What shows in a Portuguese text that a fact is told, a fault reported, of what, or that something is asked for.

Patterns for folded text, by the name of the fact; `cues` puts them together with the English ones and those of both.
"""

_DO = (
    r"clic|abr|toc|apert|digit|selecion|escolh|acess|salv|edit|execut|rod|insir|envi|preench|tent|conect|gir|arrast"
    r"|copi|col|coloc|entr|log|export|import|imprim|cri|ger|pag|anex|baix|atualiz|reinici|busc|pesquis|muda|ligo"
    r"|desliga|inicio|fech|tir|us|carreg|aprov|confirm|adicion|cadastr|fic|fa[cz]|vou|troc|exclu|remov|grav|marc|mov"
    r"|apag"
)
_NOT_DOING = r"celular|lugar|lar|bar|mar|par|jantar|titular|particular|dolar|andar|menos|vivo"
STEPS = (
    # quando clico, sempre que eu exporto, se giro, toda vez q tento
    r"\b(?:quando|qdo|qnd|qd|sempre (?:que|q)|(?:toda|todas as|cada) vez(?:es)? (?:que|q)|assim que|se)\s+(?:eu\s+"
    r"|a gente\s+)?"
    rf"(?:vou\b|faco\b|(?:{_DO})\w*(?<!a)o\b)",
    r"\b(?:quando|sempre que)\s+(?:voce|vc|alguem|a gente|o (?:usuario|cliente|aluno))\s+\w+",
    rf"(?<!falha )\bao\s+(?:tentar\s+)?(?!(?:{_NOT_DOING})\b)\w{{2,}}(?:ar|er|ir)\b",
    r"\b(?:na hora d[eo]|no momento de|e so|basta)\s+\w+(?:ar|er|ir)\b",
    rf"(?:^|[.:,;(\n]\s*|\be\s+|\bai\s+|\beu\s+)(?:{_DO})\w{{0,6}}(?<![ai])o\s+(?:o|a|os|as|no|na|nos|nas|em|com"
    rf"|um|uma|pra|para|\w+ar)\b",
    r"(?:^|[.:,;(\n]\s*|\be\s+|\bai\s+|\beu\s+)(?:cliquei|apertei|digitei|coloquei|selecionei|toquei|preenchi"
    r"|tento)\b",
    r"\b(?:usando|abrindo|clicando|chamando|digitando|entrando|selecionando|executando|arrastando|salvando)\s+(?:o|a"
    r"|os|as|em|no|na|um|uma|\w+\+\w+)\b",
)

_CHANGES = (
    r"atualizac|instalac|troca|mudanca|queda|falta de|manutenc|update|reset|formatac|visita|apagao|chuva|tempestade"
    r"|migrac|pagamento|upgrade|reinicio|obra|compra|ultima atualiz"
)
_TRIED = (
    r"reiniciei|desinstalei|reinstalei|instalei|atualizei|troquei|mudei|limpei|formatei|desliguei|resetei|removi"
    r"|mexi|segui|testei|tentei|restaurei|reconfigurei|alterei|devolvi|orientei|apaguei|refiz|recriei|fechei"
    r"|reconectei|religuei|voltei p\w+|tirei d|abri (?:um )?chamado|olhei|pedi o|redefini|configurei|liguei"
)
_WHILE = r"minuto|segundo|hora|dia|semana|mes|tempo|ano|amanha|minute|second|hour|day|week|while|month"
DONE_BEFORE = (
    r"\b(?:depois|dps)\s+(?:que|q)\s+\w+",
    rf"\b(?:depois d[eaos]+|apos(?: (?:a|o|as|os|uma?))?)\s+(?!(?:\w+\s+)?(?:{_WHILE}))\w{{3,}}",
    rf"\bdesde (?:a|o|as|os|que|q)\s+(?:\w+\s+){{0,2}}(?:{_CHANGES}|{_TRIED}|\w{{3,}}(?:ei|ou|eu|iu|aram|eram"
    rf"|iram|ve))\b",
    rf"\bdesde (?:a|o|as|os)\s+(?:\w+\s+)?(?:{_CHANGES})",
    r"\b(?:faltou|acabou|caiu|cai|voltou|falta) (?:a )?(?:luz|energia|forca)\b|\b(?:queda|falta|pico|piscada"
    r"|interrupcao) de (?:luz|energia)",
    r"\b(?:fic(?:ou|amos|uei)|estivemos) (?:\w+ ){0,3}sem (?:luz|energia)\b|\bapagao\b|\btemporal\b",
    r"\bja (?:\w+ )?(?:esteve|veio|trocou|testou|verificou|foi trocad\w)\b|\b(?:pilhas?|bateria|cabo"
    r"|fonte) trocad[oa]\b",
    r"\bquando (?:instal|atualiz|troc|mud|vier|mexer)\w*(?:aram|eram|ei|ou)\b",
    r"\bja\s+(?:\w{1,5}\s+)?(?!(?:sei|foi|vi|ai|paguei|comprei)\b)\w{2,}(?:ei|i)\b",
    rf"(?:^|[.,;:!(\n]\s*|\b(?:eu|e|ai|ate)\s+)(?:{_TRIED})",
    r"\b(?:sem sucesso|sem efeito|nao adiantou|nada (?:resolve|adianta)|continua (?:igual|a mesma)|mesmo assim"
    r"|nem assim)\b",
    r"\b(?:nao resolveu|(?:problema|erro) (?:continua|persiste)|antes funcionava|funcionava antes|antes disso)\b",
)

_WEEKDAY = r"(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)(?!\s+(?:vez|via|opcao|parcela|tentativa))"
_MONTH = r"janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_SPAN = r"(?:minuto|min|hora|hr|dia|semana|mes|ano)(?:e?s)?"
_SOME = (
    r"(?:\d+|uma?|uns|umas|duas|dois|tres|quatro|cinco|seis|sete|dez|quinze|vinte|algum\w*|vari\w+|mais de (?:\d+"
    r"|uma?))"
)
_PLACE = (
    r"casa|trabalho|escritorio|filial|quarto|sala|cozinha|garagem|varanda|empresa|fabrica|predio|recepcao|quintal"
    r"|piscina|escola|unidade|sede|galpao|hotel|apartamento|condominio|bairro|hospital|aeroporto|loja (?:d[ao] "
    r"|fisica)|\d+o andar|area (?:d[ao]|externa)|sitio|porao|corredor|banheiro"
)
WHEN_WHERE = (
    r"\b(?:hoje(?! em dia)|hj|ontem|anteontem|agora ha pouco|agora cedo|ha pouco(?: tempo)?)\b",
    r"\b(?:essa|esta|nessa|nesta|na mesma) (?:madrugada|manha|tarde|noite|semana)\b|\besse mes\b",
    r"\b(?:semana|mes|ano|noite|segunda|terca|quarta|quinta|sexta) passad[ao]\b|\b(?:de|pela|durante a) (?:manha"
    r"|tarde|noite|madrugada)\b",
    rf"\b(?:ha|faz|tem|fazem)\s+(?:quase |mais de |cerca de |uns |umas )?{_SOME}\s+{_SPAN}\b",
    rf"\b{_SOME}\s+{_SPAN}\s+atras\b",
    rf"\b(?:desde|a partir de)\s+(?:de )?(?:{_WEEKDAY}|o dia|dia|as? \d|\d|cedo|{_MONTH}|o (?:feriado|natal"
    rf"|comeco|inicio|fim)|a virada|o mes)",
    rf"\b(?:na|no|nesta|neste|esta|essa|nessa|nesse|tod[ao])\s+(?:ultim[ao]\s+)?{_WEEKDAY}\b",
    r"\b(?:as|umas|por volta d?as|desde as)\s+\d{1,2}(?:\s?h|:\d\d|\s?hrs|\s?horas)",
    rf"\bdia \d{{1,2}}\b|(?<![\d/.])\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?\b|\b\d{{4}}-\d\d-\d\d\b"
    rf"|\b\d{{1,2}} de (?:{_MONTH})\b",
    rf"\b(?:na|no|nas|nos|em|de|aqui (?:na|no|em))\s+(?:a |minha |meu |nossa |nosso )?(?:{_PLACE})",
    r"\b(?:aqui em|moro em|estou em|filial de|loja d[ae] rua|aqui na loja)\s+\w+",
    rf"\b(?:atrasad[oa]|esperando|parad[oa]|aguardando|sem resposta)\s+(?:ha |faz )?{_SOME}\s+{_SPAN}\b",
    rf"\b{_SOME}\s+{_SPAN}\s+(?:esperando|atrasad[oa]|aguardando|parad[oa]|sem resposta)",
)

_HAPPENS = r"acontec\w+|ocorr\w+|ca(?:i|iu)|par(?:a|ou)|trav\w+|volt\w+|errad[oa]|veio|deu|esta"
RECURRENCE = (
    r"(?<!como )(?<!desde )\bsempre\b(?! quis)",
    r"\b(?:toda|cada|todas as|outra|outras|vez ou outra|algumas|as|nas outras)\s+vez(?:es)?\b",
    rf"\btod[oa]s?\s+(?:os? |as? )?(?:santo )?(?:dias?|hora|horas|noites?|tardes?|manha|semanas?|mes|meses|fim de"
    rf"|fatura|conta|pedido|{_WEEKDAY})",
    r"\bo tempo todo\b|\bde vez em quando\b|\bvez ou outra\b|\bde tempos em tempos\b|\bcom frequencia\b"
    r"|\bfrequentemente\b",
    r"\b(?:intermitente|raramente|constantemente|constante|repetidamente|eventualmente|esporadic\w+|ocasionalmente"
    r"|aleatori\w+)",
    r"\b(?:primeira|segunda|terceira|quarta|quinta|\d+a|enesima)\s+vez\b|\bnunca (?:tinha|havia|aconteceu|antes)\b",
    r"(?:^|[.!?\n]\s*)(?:de novo|novamente|outra vez)\b",
    rf"\b(?:{_HAPPENS})\s+(?:\w+\s+)?(?:de novo|novamente|direto)\b",
    rf"\b(?:{_HAPPENS})\b.{{0,25}}\b(?:varias|diversas|muitas|duas|tres|\d+)\s+vezes\b",
    r"\buma hora\b.{0,40}\boutra\b|\bnao para(?: mais)?(?:$|[:.,!])|\bdnv\b.{0,60}\bdnv\b",
)

FAULT = (
    r"\b(?:erro|erros|bug|falha|falhou|problemas?|defeito|quebr\w+|trav(?:a|ou|ando|ado|ada)|congel\w+|sumi\w*|some"
    r"|caiu|cai|lent[oa]|piscando)\b",
    r"\bnao (?:se |esta |me )?(?:funciona\w*|consigo|consegue|consegui\w*|abre|liga|carrega|conecta|reconecta"
    r"|aparece|responde|imprime|chega|chegou|entra|grava|sai)\b",
    r"\bnao (?:se |esta |me )?(?:volt(?:a|ou)|toc(?:a|ou)|receb(?:o|i|eu)|atualiza|mostra|acha|encontra|acende"
    r"|sincroniza|pareia|veio|baixa|deixa)\b",
    r"\b(?:derrub\w+|vaz(?:ou|aram|amento)|atras(?:o|ad[oa])|trincad[oa]|perd(?:e|eu|i)|recusad[oa])\b",
    r"\b(?:parou|para sozinh\w|fecha|dispara|abre|apaga|desliga) (?:de \w+|sozinh[oa])\b|\b(?:tela|pagina) (?:azul"
    r"|preta|branca|em branco)\b",
    r"\b(?:fora do ar|sem (?:sinal|internet|rede|som|imagem)|offline|duplicad[oa]s?|errad[oa]s?|roub\w+|invadi\w+"
    r"|clonad\w+|cade|expirad\w)\b",
)

ASKS = (
    r"\b(?:como (?:eu )?(?:faco|posso|cancelo|exporto|recupero|funciona)|qual|quais|quanto|quando|quero|queria"
    r"|gostaria|preciso)\b",
    r"\b(?:solicito|poderiam?|podem|tem como|da (?:pra|para)|por favor|favor|voces|obrigad[oa]|parabens)\b",
)

FAULT_UNLESS_ASKED = (r"\b(?:nao|n|nem|nunca|nada|ninguem)\s+\w+",)

TECHNICAL = (
    r"\b(?:erro|erros|bug|app|aplicativo|aplicacao|site|portal|sistema|programa|software|servidor|pagina|tela|botao"
    r"|link|login|logar|senha|token|captcha|navegador|internet|wi-?fi|rede|sinal|conexao|bluetooth|vpn|erp|firmware"
    r"|instal\w+|arquivo|anexar|anexo|planilha|relatorio|pdf|notificac\w+|alerta|sms|video|audio|imagem|som|microfone"
    r"|formulario|editor|extensao|plugin|codigo|script|api|offline|off|led|menu|janela|aba|gravac\w+|agenda|integrac\w+"
    r"|desempenho|bateria|cabo|alexa|whatsapp|zoom|meet|fora do ar"
    r"|luz (?:\w+ )?(?:vermelha|amarela|azul|verde|branca))\b",
    r"\b(?:trav(?:a|ou|ando|ado|ada)|congel\w+|lent[oa]|lentidao|piscando|pisca|reinici\w+|desconect\w+|(?:re)?conect\w+"
    r"|sincroniz\w+|pareia|parou de|carreg(?:a|ou|ar|ando)|funcion\w+|imprim\w+|acess(?:o|a|ar)|exporta\w*|baixar)\b",
    r"\bnao (?:se |esta |me )?(?:abre|liga|acende|toca|entra|consigo (?:entrar|abrir|usar|ligar|bater)|grava|salva"
    r"|responde|atualiza|desliga|apaga)\b|\b(?:abre|fecha|liga|desliga|dispara|apaga) (?:e |sozinh)",
    r"^fecha$|\bem branco\b",
)
DEVICES = (
    r"\b(?:roteador|modem|cameras?|sensor(?:es)?|alarme|fechadura|tomadas?|lampadas?|impressora|computador|notebook|celular"
    r"|tablet|tv|televisao|aparelhos?|dispositivos?|equipamentos?|projetor|fone|maquininha|portao|terminal|mesh|maquina)\b",
)
TRADE = (
    r"\b(?:cobr(?:anca|ado|ada|aram|ou)|fatura|boleto|estorn\w+|reembols\w+|pedidos?|compr(?:a|as|ei|amos)|entreg\w+"
    r"|caixa|encomenda|frete|troca|devol\w+|garantia|nota fiscal|parcela|assinatura|cheg(?:ou|aram)|receb(?:i|emos)"
    r"|veio|vieram|loja|rastreio|kit|produto)\b",
)
