#!/usr/bin/env python3
# Deterministic: no clock, no random. Writes the lists beside itself and expected.toml. See README.md
import json, os, re, unicodedata, codecs
HERE=os.path.dirname(os.path.abspath(__file__))
SEI='山田 佐藤 鈴木 高橋 田中 伊藤 渡辺 中村 小林 加藤 吉田 山本 松本 井上 木村 林 清水 山崎 森 池田 橋本 阿部 石川 前田 藤田'.split()
MEI='太郎 花子 一郎 良子 健 美咲 翔太 直子 誠 由美 大輔 恵 隆 幸子 和也 明美 学 千尋 浩 久美'.split()
SEK='ヤマダ サトウ スズキ タカハシ タナカ イトウ ワタナベ ナカムラ コバヤシ カトウ ヨシダ ヤマモト マツモト イノウエ キムラ ハヤシ シミズ ヤマザキ モリ イケダ ハシモト アベ イシカワ マエダ フジタ'.split()
def name(i,sep=' '): return SEI[i*7%25]+sep+MEI[i*3%20]
def kana(i): return SEK[i*7%25]
LISTS=[]
class L:
    def __init__(s,file,tool,enc,sep,nl,bom=b'',**opt):
        s.file,s.tool,s.enc,s.sep,s.nl,s.bom,s.opt=file,tool,enc,sep,nl,bom,opt
        s.parts=[]; s.recs=[]; s.blank=0; s.quote='min'; s.dom='l'+file[:2]+'.example.jp'; LISTS.append(s)
    def a(s,i): return f'user{i:03d}@{s.dom}'
    def cell(s,c):
        c=str(c)
        if s.quote=='all' or any(x in c for x in (s.sep,'"','\n','\r')): return '"'+c.replace('"','""')+'"'
        return c
    def raw(s,t): s.parts.append(t)
    def row(s,*cells): s.raw(s.sep.join(map(s.cell,cells))+s.nl)
    def empty(s,t='',n=1):
        for _ in range(n): s.raw(t+s.nl); s.blank+=1
    # outcome: added | already | refused | stopped | open
    def rec(s,cells,outcome='added',why=None,email=None,name=None,raw=None,out=False):
        s.recs.append(dict(part=len(s.parts),outcome=outcome,why=why,email=email,name=name,out=out))
        if raw is not None: s.raw(raw)
        else: s.row(*cells)
    def done(s,cut=None,data=None):
        text=''.join(s.parts)
        b=data if data is not None else s.bom+text.encode(s.enc)
        if cut: b=b[:-cut]
        open(os.path.join(HERE,s.file),'wb').write(b); s.size=len(b)
        for n,r in enumerate(s.recs,1):
            pre=''.join(s.parts[:r['part']]); r['n']=n
            r['line']=len(re.findall(r'\r\n|\r|\n',pre))+1
        return s
def q(x): return json.dumps(x,ensure_ascii=False)
def tab(d): return '{ '+', '.join(f'{q(k)} = {q(v)}' for k,v in d.items())+' }'
CR,LF,CRLF='\r','\n','\r\n'

# 01 Excel, Japanese, CSV (cp932)
s=L('01_excel_cp932.csv','Excel (Japanese), "CSV (コンマ区切り)"','cp932',',',CRLF,
    map_if_unknown={'メールアドレス(必須)':'email','氏名':'name'},ignore_if_unknown=['フリガナ','所属','登録日'])
s.row('氏名','フリガナ','メールアドレス(必須)','所属','登録日')
for i,n in enumerate(['十文字 能子','表野 ソノ','髙橋 一','山﨑 貼','㈱ポスト 申込係'],1): s.rec([n,kana(i),s.a(i),'総務課～2係','2025/4/1'],email=s.a(i),name=n)
for i in range(6,31): s.rec([name(i),kana(i),s.a(i),'第①町内会' if i%3 else '婦人会，老人会',f'2025/{i%12+1}/{i%28+1}'],email=s.a(i),name=name(i))
s.rec([name(31),kana(31),'','総務課','2025/5/1'],'refused','no-address')
s.rec([name(32),kana(32),'user032@','総務課','2025/5/1'],'refused','invalid')
s.rec([name(33),kana(33),'なし','','2025/5/1'],'refused','invalid')
s.rec([name(7),kana(7),'USER007@L01.EXAMPLE.JP','','2025/5/2'],'already','duplicate')
s.rec([name(8),kana(8),s.a(8),'','2025/5/2'],'already','duplicate')
s.rec([name(34),kana(34),'user034.l01.example.jp','','2025/5/2'],'refused','invalid')
s.done()

# 02 Excel "Unicode text": UTF-16LE, BOM, tab, quoted headings with newline
s=L('02_excel_unicode.txt','Excel "Unicode テキスト"','utf-16-le','\t',CRLF,codecs.BOM_UTF16_LE,
    map_if_unknown={'氏名\n(漢字)':'name','ﾒｰﾙｱﾄﾞﾚｽ':'email'},ignore_if_unknown=['番号','備考'])
s.row('番号','氏名\n(漢字)','ﾒｰﾙｱﾄﾞﾚｽ','備考')
for i in range(1,21):
    n='𠮷田 '+MEI[i%20] if i==4 else '森鷗外' if i==5 else name(i)
    m='1行目\n2行目' if i==3 else '「"引用"」あり' if i==6 else '東京, 大阪' if i==7 else ''
    s.rec([i,n,s.a(i),m],email=s.a(i),name=n)
s.rec([21,name(21),'','返信なし'],'refused','no-address')
s.rec([22,name(2),'User002@l02.example.jp',''],'already','duplicate')
s.done()

# 03 old mailer: ISO-2022-JP (its bytes hold , and ")
s=L('03_mailer_iso2022jp.csv','address book of an old mailer','iso2022_jp',',',CRLF,
    map_if_unknown={'名前':'name','E-mail':'email'},ignore_if_unknown=['メモ'])
s.row('名前','E-mail','メモ')
for i in range(1,16):
    n='ながい がいこつ' if i==2 else '、がーが' if i==3 else name(i)
    m='会長、副会長' if i%4==0 else 'がんばる会（ごが）' if i%4==1 else 'A,B' if i%4==2 else ''
    s.rec([n,s.a(i),m],email=s.a(i),name=n)
s.rec([name(16),'user016@@l03.example.jp',''],'refused','invalid')
s.done()

# 04 old Unix tool: EUC-JP, semicolon
s=L('04_unix_eucjp.csv','dump of an old Unix data base','euc_jp',';',LF,
    map_if_unknown={'氏名':'name','電子メール アドレス':'email'},ignore_if_unknown=['住所'])
s.row('氏名','電子メール アドレス','住所')
for i in range(1,26): s.rec([name(i),s.a(i),f'今津町{i}丁目; 集合住宅' if i%6==0 else f'麻里布町{i}番地，{i}号'],email=s.a(i),name=name(i))
s.rec(['事務局','','元町'],'refused','no-address')
s.rec([name(9),s.a(9).upper(),''],'already','duplicate')
s.done()

# 05 Google Contacts (older heading set)
H='Name,Given Name,Additional Name,Family Name,Yomi Name,Given Name Yomi,Additional Name Yomi,Family Name Yomi,Name Prefix,Name Suffix,Initials,Nickname,Short Name,Maiden Name,Birthday,Gender,Location,Billing Information,Directory Server,Mileage,Occupation,Hobby,Sensitivity,Priority,Subject,Notes,Language,Photo,Group Membership,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,Phone 1 - Type,Phone 1 - Value'.split(',')
s=L('05_google_contacts.csv','Google Contacts, "Google CSV"','utf-8',',',LF,
    map={'E-mail 1 - Value':'email'},map_if_unknown={'Name':'name'},ignore_if_unknown=[h for h in H if h not in('Name','E-mail 1 - Value')])
s.row(*H)
def g(i,e1,e2='',notes=''):
    d={'Name':name(i),'Given Name':MEI[i*3%20],'Family Name':SEI[i*7%25],'Family Name Yomi':kana(i),'Group Membership':'広報 ::: * myContacts','E-mail 1 - Type':'*' if e1 else '','E-mail 1 - Value':e1,'E-mail 2 - Type':'Home' if e2 else '','E-mail 2 - Value':e2,'Phone 1 - Type':'Mobile','Phone 1 - Value':f'+81 90-0000-{i:04d}','Notes':notes}
    return [d.get(h,'') for h in H]
for i in range(1,19): s.rec(g(i,s.a(i),f'home{i}@{s.dom}' if i%3==0 else '','1行目\n\n3行目、"かっこ"' if i==5 else ''),email=s.a(i),name=name(i))
s.rec(g(19,''),'refused','no-address')
s.done()

# 06 Google Groups members: title row
s=L('06_google_groups.csv','Google Groups, export of members (title row before the headings)','utf-8',',',LF,
    map_if_unknown={'Email address':'email','Nickname':'name','Email status':'status'},status_if_unknown={'bouncing':'bounced'},
    ignore_if_unknown=['Group status','Email preference','Posting permissions','Join year','Join month','Join day','Join hour','Join minute','Join second','Time zone'])
s.row('Members for group koho-l06')
s.row('Email address','Nickname','Group status','Email status','Email preference','Posting permissions','Join year','Join month','Join day','Join hour','Join minute','Join second','Time zone')
for i in range(1,16):
    b=i in(4,11)
    s.rec([s.a(i),name(i) if i%2 else '','owner' if i==1 else 'member','bouncing' if b else '','email','allowed',2021,i%12+1,i,9,0,0,'Japan Standard Time'],'stopped' if b else 'added','bounced' if b else None,email=s.a(i),name=name(i) if i%2 else None,out=b)
s.done()

# 07 Outlook Japanese
s=L('07_outlook_ja.csv','Outlook (Japanese), contacts as CSV: all cells quoted','cp932',',',CRLF,
    map={'電子メール アドレス':'email'},map_if_unknown={'電子メール表示名':'name'},ignore_if_unknown=['肩書き','名','姓','会社名','部署','分類項目','電子メールの種類','電子メール 2 アドレス','電子メール 2 の種類','電子メール 2 表示名','メモ'])
s.quote='all'
s.row('肩書き','名','姓','会社名','部署','電子メール アドレス','電子メールの種類','電子メール表示名','電子メール 2 アドレス','電子メール 2 の種類','電子メール 2 表示名','分類項目','メモ')
def o(i,e,t='SMTP',memo=''): return ['',MEI[i*3%20],SEI[i*7%25],'岩国商店' if i%4==0 else '','',e,t,name(i) if e else '',f'sub{i}@{s.dom}' if i%5==0 else '','SMTP' if i%5==0 else '','', '広報;防災' if i%2 else '',memo]
for i in range(1,21): s.rec(o(i,s.a(i),memo='電話: 0827-00-0000\r\n\r\n"役員"' if i==6 else '\r\n' if i==7 else ''),email=s.a(i),name=name(i))
s.rec(o(21,'/O=CITY/OU=FIRST/CN=RECIPIENTS/CN=YAMADA','EX'),'refused','invalid')
s.rec(o(22,''),'refused','no-address')
s.done()

# 08 Outlook English, UTF-8 BOM
s=L('08_outlook_en.csv','Outlook on the web (English), contacts as CSV','utf-8',',',CRLF,codecs.BOM_UTF8,
    map={'E-mail Address':'email'},ignore_if_unknown=['First Name','Middle Name','Last Name','Company','E-mail 2 Address','E-mail 3 Address','Mobile Phone','Categories','Notes'])
s.row('First Name','Middle Name','Last Name','Company','E-mail Address','E-mail 2 Address','E-mail 3 Address','Mobile Phone','Categories','Notes')
for i in range(1,13): s.rec([MEI[i*3%20],'',SEI[i*7%25],'O\'Brien & Co., Ltd.' if i==3 else '',s.a(i),'','',f'+81-90-0000-{i:04d}','','=SUM(A1)' if i==4 else ''],email=s.a(i))
s.rec(['','','広報係','',s.a(1).title(),'','','','',''],'already','duplicate')
s.done()

# 09 Mailchimp-like
s=L('09_mailchimp.csv','Mailchimp-like audience export (one file for all states)','utf-8',',',LF,
    map_if_unknown={'Email Address':'email','Status':'status'},status_if_unknown={'subscribed':'active','unsubscribed':'unsubscribed','cleaned':'bounced'},
    ignore_if_unknown=['First Name','Last Name','MEMBER_RATING','OPTIN_TIME','OPTIN_IP','CONFIRM_TIME','LATITUDE','LONGITUDE','GMTOFF','DSTOFF','TIMEZONE','CC','REGION','LAST_CHANGED','LEID','EUID','NOTES','TAGS'])
s.row('Email Address','First Name','Last Name','Status','MEMBER_RATING','OPTIN_TIME','OPTIN_IP','CONFIRM_TIME','LATITUDE','LONGITUDE','GMTOFF','DSTOFF','TIMEZONE','CC','REGION','LAST_CHANGED','LEID','EUID','NOTES','TAGS')
for i in range(1,31):
    st='cleaned' if i in(6,23) else 'unsubscribed' if i%9==0 else 'subscribed'
    s.rec([s.a(i),MEI[i*3%20],SEI[i*7%25],st,i%5+1,'2024-01-02 03:04:05','192.0.2.1','2024-01-02 03:05:00','34.1','132.2','9','9','Asia/Tokyo','JP','35','2025-01-01 00:00:00',100000+i,f'e{i:09d}','',f'"防災","防犯"' if i%4==0 else ''],
      'added' if st=='subscribed' else 'stopped',{'cleaned':'bounced','unsubscribed':'unsubscribed'}.get(st),email=s.a(i),out=st!='subscribed')
s.done()

# 10 Japanese mailing service, states in Japanese, one word only a person can explain
s=L('10_states_ja.csv','Japanese mailing service: states in Japanese','cp932',',',CRLF,
    map_if_unknown={'E-Mail':'email','氏名':'name','状態':'status'},status={'保留中':'unsubscribed'},
    status_if_unknown={'配信中':'active','配信停止':'unsubscribed','解除':'unsubscribed','エラー停止':'bounced'},ignore_if_unknown=['No','登録日時'],
    note='Without a word about 保留中 the import asks (or refuses record 12); it never makes that reader active.')
s.row('No','氏名','E-Mail','状態','登録日時')
for i in range(1,25):
    st={5:'配信停止',8:'解除',9:'エラー停止',12:'保留中',17:'配信停止'}.get(i,'配信中')
    k={'配信停止':'unsubscribed','解除':'unsubscribed','保留中':'unsubscribed','エラー停止':'bounced'}.get(st)
    if i==20: s.rec([i,name(i),s.a(i),st,'2024/01/01 10:00:00'],'open','same address again in record 25, unsubscribed there: must not be mailed',email=s.a(i),out=True)
    else: s.rec([i,name(i),s.a(i),st,'2024/01/01 10:00:00'],'stopped' if k else 'added',k,email=s.a(i),name=name(i),out=bool(k))
s.rec([25,name(20),s.a(20),'解除','2025/01/01 10:00:00'],'open','the other half of record 20',email=s.a(20),out=True)
s.done()

# 11 listmonk
s=L('11_listmonk.csv','listmonk subscriber export (JSON in a cell)','utf-8',',',LF,
    map_if_unknown={'email':'email','name':'name','status':'status'},status_if_unknown={'enabled':'active','blocklisted':'unsubscribed','disabled':'unsubscribed'},ignore_if_unknown=['uuid','attributes','created_at','updated_at'])
s.row('uuid','email','name','attributes','status','created_at','updated_at')
for i in range(1,21):
    st={3:'blocklisted',10:'disabled',15:'blocklisted'}.get(i,'enabled')
    s.rec([f'00000000-0000-4000-8000-{i:012d}',s.a(i),name(i),json.dumps({'city':'岩国','tags':['a','b']},ensure_ascii=False),st,'2024-01-01T00:00:00Z','2024-01-01T00:00:00Z'],'added' if st=='enabled' else 'stopped',None if st=='enabled' else 'unsubscribed',email=s.a(i),name=name(i),out=st!='enabled')
s.done()

# 12 blank first line, title row, two address columns
s=L('12_title_two_addresses.csv','roster kept by hand: blank first line, title row, two address columns, the first one empty','utf-8',',',CRLF,codecs.BOM_UTF8,
    map={'メールアドレス（PC）':'email'},map_if_unknown={'氏名':'name'},ignore=['メールアドレス'],ignore_if_unknown=['№','町名'])
s.raw(',,,,'+CRLF); s.raw('メール配信 登録者名簿（令和8年4月1日現在）,,,,'+CRLF)
s.row('№','氏名','メールアドレス','メールアドレス（PC）','町名')
for i in range(1,16): s.rec([i,name(i,'　'),'',s.a(i),'麻里布'],email=s.a(i))
s.rec([16,name(16,'　'),'','','今津'],'refused','no-address')
s.done()

# 13 sep= line, semicolon
s=L('13_sep_line.csv','data base export for Excel with a "sep=;" line, full-width heading','utf-8',';',CRLF,codecs.BOM_UTF8,map_if_unknown={'Ｅ－ｍａｉｌ':'email','お名前':'name'},ignore_if_unknown=['金額'])
s.raw('sep=;'+CRLF); s.row('Ｅ－ｍａｉｌ','お名前','金額')
for i in range(1,13): s.rec([s.a(i),name(i),'1,200' if i%2 else 'a;b'],email=s.a(i),name=name(i))
s.rec(['user013@example',name(13),''],'open','no dot in the domain: valid to some, refused by most',email=None)
s.rec([' ',name(14),''],'refused','no-address')
s.done()

# 14 Mac: CR only, NFD
s=L('14_mac_cr.csv','old Mac programme: CR ends the lines, names decomposed (NFD)','utf-8',',',CR,map_if_unknown={'Eメール':'email','なまえ':'name'},ignore_if_unknown=['ひとこと'])
s.raw('なまえ,Eメール,ひとこと'+CR)
for i in range(1,13):
    n=['だいご まさゆき','ぱんだ じろう','ガルシア デボラ'][i%3]
    s.rec([unicodedata.normalize('NFD',n),s.a(i),'行1\n行2' if i==2 else 'よろしく'],email=s.a(i),name=n)
s.rec(['だれか','',''],'refused','no-address')
s.done()

# 15 stray quote (I1), multi-line cell before it
s=L('15_stray_quote.csv','10,000 lines, one quotation mark never closed','utf-8',',',LF,map_if_unknown={'メールアドレス':'email','氏名':'name'})
s.row('メールアドレス','氏名')
for i in range(1,10001):
    e=f'b{i:05d}@{s.dom}'
    if i==3: s.rec(None,'refused','quote',raw=e+',"閉じない\n')
    elif i==1: s.rec([e,'山田\n太郎'],email=e)
    else: s.rec([e,name(i)],email=e,name=name(i))
s.done()

# 16 memo of 200,000 characters
s=L('16_long_memo.csv','customer data base: a memo of 200,000 characters with line breaks and quotation marks','utf-8',',',CRLF,map_if_unknown={'mail':'email','氏名':'name'},ignore=['memo'],note='Record 4: one record, taken with the memo cut or left out, or refused as too long; never pieces of it.')
s.row('mail','氏名','memo')
memo=''.join(f'{k:05d} 問い合わせ "再掲" a@b.example.jp, 対応済み\n' for k in range(6000))[:200000]
for i in range(1,9):
    if i==4: s.rec([s.a(i),name(i),memo],'open','too long a cell: taken without it, or refused',email=s.a(i),name=name(i))
    else: s.rec([s.a(i),name(i),'短いメモ\n2行' if i%2 else ''],email=s.a(i),name=name(i))
s.done()

# 17 encodings mixed by line
s=L('17_mixed_lines.csv','two exports pasted together with a shell: UTF-8 with Shift_JIS lines, one broken UTF-8 line','utf-8',',',LF,map_if_unknown={'メールアドレス':'email','氏名':'name'},
    note='Open records: refused (encoding), or taken with the right name and a doubt that names the line. Never a name like 螻ｱ逕ｰ.')
s.row('メールアドレス','氏名'); chunks=[]
for i in range(1,31):
    bad=i in(12,13); broken=i==20
    if bad: s.rec([s.a(i),name(i)],'open','Shift_JIS line in a UTF-8 file',email=s.a(i),name=name(i))
    elif broken: s.rec([s.a(i),name(i)],'refused','encoding')
    else: s.rec([s.a(i),name(i)],email=s.a(i),name=name(i))
data=s.parts[0].encode()
for r in s.recs:
    t=s.parts[r['part']]; n=r['part']
    if r['outcome']=='open': data+=t.encode('cp932')
    elif r['why']=='encoding': data+=t.encode()[:-2]+b'\n'      # last byte of the name is missing
    else: data+=t.encode()
s.done(data=data)

# 18 UTF-16BE, a byte short
s=L('18_utf16be_short.csv','UTF-16BE with BOM, copy broken off: half a character at the end','utf-16-be',',',CRLF,codecs.BOM_UTF16_BE,map_if_unknown={'Ｅメール':'email','氏名':'name'})
s.row('氏名','Ｅメール')
for i in range(1,11): s.rec([name(i),s.a(i)],email=s.a(i),name=name(i))
s.rec(None,'refused','encoding',raw=name(11)+',user011@l18.exam')
s.done(cut=1)

# 19 Mailman 2, list_members: no heading
s=L('19_mailman_members.txt','Mailman 2, list_members: addresses only, no heading','ascii',',',LF,heading=False,note='A tool may want to be told that there is no heading, or want one; it must not take the first address for a heading without a word.')
for i in range(1,26): s.rec([s.a(i)],email=s.a(i))
s.rec([s.a(3)],'already','duplicate')
s.empty(n=2)
s.done()

# 20 form answers: addresses as people type them
s=L('20_form_addresses.csv','Google Forms answers: addresses as people type them','utf-8',',',CRLF,map_if_unknown={'メールアドレス':'email','お名前':'name'},ignore_if_unknown=['タイムスタンプ','ご希望のテーマ（複数選択可）'])
s.row('タイムスタンプ','メールアドレス','お名前','ご希望のテーマ（複数選択可）')
D=s.dom
rows=[(s.a(i),'added',None) for i in range(1,11)]+[
 (f'ｕｓｅｒ０１１＠ｌ２０．ｅｘａｍｐｌｅ．ｊｐ','open','full-width: made half-width and taken, or refused'),
 (f' user012@{D} ','added',None),(f'user013@{D}　','added',None),
 (f'User014@{D}','added',None),(f'user014@{D.upper()}','already','duplicate'),
 ('@'+D,'refused','invalid'),(f'user017@@{D}','refused','invalid'),(f'user018@{D[:3]}..example.jp','refused','invalid'),
 (f'user 019@{D}','refused','invalid'),('','refused','no-address'),('-','refused','invalid'),('090-0000-0000','refused','invalid'),
 (f'user023@{D}、user024@{D}','open','two addresses in a cell: refused by most'),
 (f'mailto:user025@{D}','open','mailto: before the address'),(f'ユーザー@{D}','open','Japanese letters before @ (SMTPUTF8): refused by most'),
 (f'user..027@{D}','open','two dots: old mobile phone addresses; refused by most'),(f'user028.@{D}','open','dot before @: as above'),
 (f'user+koho@{D}','added',None),(f"o'hara@{D}",'added',None),(f'user_031-a.b@{D}','added',None),
 (f'user032@{D}\x00','open','NUL: refused, or taken without it'),(f'user033{D}','refused','invalid'),(f'user034@','refused','invalid'),(s.a(5),'already','duplicate')]
for i,(e,oc,w) in enumerate(rows,1):
    ok=oc=='added'
    s.rec([f'2026/04/{i%28+1:02d} 10:00:00',e,name(i),'防災, 防犯'],oc,w,email=e.strip(' 　') if ok else None,name=name(i) if ok else None)
s.done()

# 21 trailing separators and empty lines
s=L('21_trailing.csv','LibreOffice Calc: trailing separators, empty rows in the middle and at the end','utf-8',',',LF,map_if_unknown={'メール':'email','氏名':'name'},ignore_if_unknown=['電話','備考'],note='blank = rows empty or of separators only; they are no records, whether counted by themselves or not.')
s.raw('氏名,メール,電話,備考,,,\n')
for i in range(1,16):
    if i==6: s.rec(None,email=s.a(i),name=name(i),raw=f'{name(i)},{s.a(i)}\n')
    elif i==7: s.rec(None,email=s.a(i),name=name(i),raw=f'{name(i)},{s.a(i)},,,,,,,,,,\n')
    elif i==12: s.rec(None,'open','an unquoted comma moved the cells: more cells than headings or an address in the wrong column; refused by a careful tool',raw=f'岩国商店,代表,{s.a(i)},0827-00-0000,備考,,,\n')
    else: s.rec(None,email=s.a(i),name=name(i),raw=f'{name(i)},{s.a(i)},0827-00-{i:04d},,,,\n')
    if i in(5,10): s.empty(',,,,,,')
s.empty(',,,,,,',4); s.empty('',3); s.done()

# 22 headings only
s=L('22_headings_only.csv','template nobody filled in','cp932',',',CRLF,map_if_unknown={'氏名':'name','メールアドレス':'email'},ignore_if_unknown=['備考'],note='Nothing to import: said in a word, no traceback, nothing changed.')
s.row('氏名','メールアドレス','備考'); s.done()

# 23 cut off inside a quoted cell
s=L('23_cut_off.csv','download broken off inside a quoted cell','utf-8',',',LF,map_if_unknown={'メールアドレス':'email','氏名':'name'},ignore_if_unknown=['メモ'])
s.quote='all'; s.row('メールアドレス','氏名','メモ')
for i in range(1,16): s.rec([s.a(i),name(i),'1行目\n2行目' if i%2 else ''],email=s.a(i),name=name(i))
s.rec(None,'refused','quote',raw=f'"{s.a(16)}","{name(16)}","途中で')
s.done()

# 24 pipe, figures as states
s=L('24_pipe_flags.txt','table of an in-house system: "|" between the cells, figures as states','cp932','|',CRLF,map={'MAILADDR':'email','SIMEI':'name','HAISIN_FLG':'status'},status={'1':'active','0':'unsubscribed','9':'bounced'},ignore=['KOJIN_CD','KOUSIN_YMD'],note='cp932: ポ and ｜ hold the byte 0x7C. Nobody can guess the figures: without a status map the tool asks.')
s.row('KOJIN_CD','SIMEI','MAILADDR','HAISIN_FLG','KOUSIN_YMD')
for i in range(1,21):
    st={4:'0',9:'9',14:'0'}.get(i,'1'); n='ポール マポ' if i==2 else name(i,'　')
    s.rec([f'{i:08d}',n,s.a(i),st,'20260401'],'added' if st=='1' else 'stopped',{'0':'unsubscribed','9':'bounced'}.get(st),email=s.a(i),name=n if i==2 else None,out=st!='1')
s.rec(['00000021',name(21,'　'),'','1','20260401'],'refused','no-address')
s.done()

# 25 stray quote, quoted names after it
s=L('25_stray_quote_hard.csv','stray quotation mark, and properly quoted names after it','utf-8',',',LF,map_if_unknown={'メールアドレス':'email','氏名':'name'},note='Hard: a reader that goes on to the next quotation mark eats lines 22 to 40. The careful person sees that record 20 alone is broken.')
s.row('メールアドレス','氏名')
for i in range(1,61):
    if i==20: s.rec(None,'refused','quote',raw=s.a(i)+',"閉じない\n')
    elif i in(5,40,50): s.rec([s.a(i),'岩国商店, 代表'],email=s.a(i),name='岩国商店, 代表')
    else: s.rec([s.a(i),name(i)],email=s.a(i),name=name(i))
s.done()

out=['# Made by make.py; see README.md\n']; tot={}
for s in LISTS:
    c=lambda o:[r for r in s.recs if r['outcome']==o]
    o=s.opt; out.append(f'[[list]]\nfile = {q(s.file)}\ntool = {q(s.tool)}\nencoding = {q(s.enc+(" with BOM" if s.bom else ""))}\nseparator = {q(s.sep)}\nline_end = {q(s.nl)}')
    if 'heading' in o: out.append('heading = false')
    for k in('map','map_if_unknown','status','status_if_unknown'):
        if o.get(k): out.append(f'{k} = {tab(o[k])}')
    for k in('ignore','ignore_if_unknown'):
        if o.get(k): out.append(f'{k} = {q(o[k])}')
    if 'note' in o: out.append(f'note = {q(o["note"])}')
    st={}
    for r in c('stopped'): st[r['why']]=st.get(r['why'],0)+1
    out.append(f'records = {len(s.recs)}\nblank = {s.blank}\nadded = {len(c("added"))}\nalready_there = {len(c("already"))}')
    out.append('stopped = { '+', '.join(f'{k} = {v}' for k,v in sorted(st.items()))+' }')
    for key,oc,w in(('already','already','reason'),('refused','refused','reason'),('stopped_records','stopped','state'),('open','open','why')):
        out.append(f'{key} = ['+''.join(f'\n  {{ record = {r["n"]}, line = {r["line"]}, {w} = {q(r["why"])} }},' for r in c(oc))+('\n]' if c(oc) else ']'))
    out.append('not_mailed = '+q(sorted({r['email'] for r in s.recs if r['out']})))
    sm=[r for r in c('added') if r['email'] and r['name']]
    pick=sm if len(sm)<=12 else sm[:8]+sm[-4:]
    out.append('readers = ['+''.join(f'\n  [{q(r["email"])}, {q(r["name"])}],' for r in pick)+('\n]' if pick else ']'))
    out.append('')
    for k in('added','already','refused','stopped','open'): tot[k]=tot.get(k,0)+len(c(k))
    assert len(s.recs)==sum(len(c(k)) for k in('added','already','refused','stopped','open'))
    em=[r['email'].lower() for r in c('added') if r['email']]; assert len(em)==len(set(em)),s.file
p=os.path.join(HERE,'expected.toml'); open(p,'w',encoding='utf-8').write('\n'.join(out))
import tomllib; T=tomllib.load(open(p,'rb'))['list']
print(len(T),'lists',sum(t['records'] for t in T),'records',tot)
