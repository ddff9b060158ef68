"""Word lists of Portuguese and English, folded (lower case, no accents).

Which list answers which question is said at each; the modules beside this one use them.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words and endings that tell one language from the other in a text of a few words.
PORTUGUESE_TELLING = _words(
    """acesso ainda ajuda ao aos apos aplicativo aqui ate atendimento atraso bom boa boleto cadastro cade caiu cancelar
    chamado cobranca com como compra conta da das de dia dos duvida duvidas ela ele em entrar entrega erro essa esse
    esta este eu fatura fazer foi funciona isso ja mais meu meus minha minhas mudar na nao nas nos nota obrigada
    obrigado oi ola onde ou pagamento para pedido pode por porque posso prazo preciso problema produto qual quais
    quando quanto que quem quero reembolso sabe sao sem senha ser seu sim sobre sua tarde tela tem tenho ter trocar
    tudo um uma usuario valor ver voce vc"""
)
ENGLISH_TELLING = _words(
    """about account after and any app are at be been bill but buy by can cannot card change connect delivery did does
    down fails find for from get had has have hello help hey hi how i if in is issue it late lost login my need new not
    of off on open or order out password pay payment please refund reset set show stolen slow stop stuck support thank
    thanks that the there they this to too track turn up use want was we what when where which who why with wont work
    wrong you your"""
)
SPANISH_TELLING = _words(
    """al ayuda con contrasena cuenta del donde el en es gracias hay hola la las los mi mis muy pero puedo quiero
    sin tengo una usted y ya yo"""
)
PORTUGUESE_ENDINGS = tuple(
    sorted(
        _words(
            """ado ada agem ancia ando ar ario cao coes dade eira eiro encia endo icio indo inha inho ir iva ivo mento
            oria orio osa oso tica tico"""
        )
    )
)
ENGLISH_ENDINGS = ("ing", "tion", "ness", "ght", "ty", "ck", "ful", "less", "ed")

# Words that say nothing of a text's subject. Question words stay: they tell one short question from another.
PORTUGUESE_STOP = _words(
    """a ao aos aquela aquelas aquele aqueles aquilo as ate com da das de dela delas dele deles depois do dos e ela
    elas ele eles em entre era eram essa essas esse esses esta estao estas estava este estes estou eu favor foi foram ha
    isso isto ja la lhe lhes lo mais mas me mesmo meu meus minha minhas muito na nas nem no nos nossa nossas nosso
    nossos num numa o obrigada obrigado oi ola os ou para pela pelas pelo pelos pode por pra pro
    se seja sem ser sera seu seus so somos sou sua suas tambem te tem tenho ter teu tua um uma umas uns
    vai vc vcs voce voces vos"""
)
ENGLISH_STOP = _words(
    """a about after again all also am an and any are as at be because been before being below between both but by can
    could d did didnt do does doesnt doing dont during each few for from further had has have having he hello her here
    hers hi him his i id if ill im in into is isnt it its ive just let ll m me more most my no of on once only or
    other our ours out over own please re s same she should so some such t than thank thanks that the their theirs them
    then there these they this those through to too until us ve very was we were while
    will with would you your yours"""
)
STOP_WORDS = PORTUGUESE_STOP | ENGLISH_STOP
